// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.View;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Renaming a namespace: all of it goes on under the new name, and nothing under the old one. */
abstract class RenameContract extends ContractTest {

  private void fill(String namespace, String... names) {
    for (String name : names) {
      TestObject object = open(new ObjectRef(namespace, id(name)), name);
      object.put("k", "1").alarm(START.plusSeconds(9)).commit();
      clock.advanceSeconds(1);
      object.put("k", "2").commit();
      object.release();
    }
  }

  private @Nullable String value(String namespace, String name, View view) {
    return text(store().get(new ObjectRef(namespace, id(name)), EntryKey.user("k"), view));
  }

  private List<String> names(String namespace) {
    return store().directory().byName(namespace, "", null, 10).stream()
        .map(entry -> entry.id().name().orElseThrow())
        .toList();
  }

  @Test
  void everything_goes_along() throws Exception {
    byte[] secret = store().namespaceSecret("Old");
    fill("Old", "a", "b");

    assertThat(store().renameNamespace("Old", "New")).isTrue();
    for (int start = 0; start < 2; start++) {
      assertThat(store().namespaceSecret("New")).isEqualTo(secret);
      assertThat(value("New", "a", View.current())).isEqualTo("2");
      assertThat(value("New", "a", View.endOf(Generation.ofSecond(START.getEpochSecond()))))
          .isEqualTo("1");
      assertThat(names("New")).containsExactly("a", "b");
      assertThat(store().directory().byId("New", null, 10)).hasSize(2);
      clock.set(START.plusSeconds(10));
      assertThat(store().dueAlarms(10))
          .extracting(DueAlarm::object)
          .containsExactlyInAnyOrder(new ObjectRef("New", id("a")), new ObjectRef("New", id("b")));
      assertThat(store().directory().namespaces()).containsExactly("New");
      assertThat(value("Old", "a", View.current())).isNull();
      assertThat(names("Old")).isEmpty();
      reopen();
    }
    fill("New", "c");
    assertThat(names("New")).containsExactly("a", "b", "c");
  }

  @Test
  void it_may_be_done_at_each_start() throws Exception {
    fill("Old", "a");
    store().renameNamespace("Old", "New");

    assertThat(store().renameNamespace("Old", "New")).isFalse();
    reopen();
    assertThat(store().renameNamespace("Old", "New")).isFalse();
    assertThat(names("New")).containsExactly("a");
    assertThat(store().directory().namespaces()).containsExactly("New");
  }

  @Test
  void what_never_was_is_not_renamed() {
    assertThat(store().renameNamespace("Old", "New")).isFalse();
    assertThat(store().directory().namespaces()).isEmpty();
    fill("New", "a");
    assertThat(store().renameNamespace("Old", "New")).isFalse();
    assertThat(store().renameNamespace("New", "New")).isFalse();
    assertThat(names("New")).containsExactly("a");
  }

  @Test
  void where_both_have_objects_it_is_refused_and_both_are_as_they_were() throws Exception {
    fill("Old", "a");
    fill("New", "b");

    assertThatThrownBy(() -> store().renameNamespace("Old", "New"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("namespace Old cannot be renamed to New: both have objects");
    reopen();
    assertThat(names("Old")).containsExactly("a");
    assertThat(names("New")).containsExactly("b");
  }

  @Test
  void one_without_objects_gives_way() throws Exception {
    store().namespaceSecret("New");
    byte[] secret = store().namespaceSecret("Old");
    fill("Old", "a");

    assertThat(store().renameNamespace("Old", "New")).isTrue();
    reopen();
    assertThat(store().namespaceSecret("New")).isEqualTo(secret);
    assertThat(names("New")).containsExactly("a");
    assertThat(store().directory().namespaces()).containsExactly("New");
  }

  @Test
  void one_without_objects_is_not_put_over_one_that_has_some() {
    fill("New", "a");
    byte[] secret = store().namespaceSecret("New");
    store().namespaceSecret("Old");

    assertThat(store().renameNamespace("Old", "New")).isFalse();
    assertThat(store().namespaceSecret("New")).isEqualTo(secret);
    assertThat(names("New")).containsExactly("a");
  }

  @Test
  void the_old_name_may_be_used_again() throws Exception {
    fill("Old", "a");
    store().renameNamespace("Old", "New");
    fill("Old", "b");
    reopen();

    assertThat(names("Old")).containsExactly("b");
    assertThat(names("New")).containsExactly("a");
    assertThat(store().namespaceSecret("Old")).isNotEqualTo(store().namespaceSecret("New"));
    assertThat(store().directory().byId("New", null, 10))
        .extracting(DirectoryEntry::bytes)
        .containsExactly(3L);
  }

  @Test
  void what_was_submitted_before_goes_along() {
    for (int round = 0; round < 50; round++) {
      String from = "N" + round;
      String to = "N" + (round + 1);
      TestObject object = open(new ObjectRef(from, id("a")), "a");
      object.put("k", "1").submit();
      object.put("k", String.valueOf(round)).submit();
      object.release();

      assertThat(store().renameNamespace(from, to)).isTrue();
      assertThat(value(to, "a", View.current())).isEqualTo(String.valueOf(round));
    }
    assertThat(store().directory().namespaces()).containsExactly("N50");
  }

  @Test
  void while_an_object_of_it_is_open_it_is_refused() {
    fill("Old", "a");
    TestObject open = open(new ObjectRef("Old", id("a")), "a");

    assertThatThrownBy(() -> store().renameNamespace("Old", "New"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Old/a is open");
    open.put("k", "3").commit();
    open.release();
    assertThat(store().renameNamespace("Old", "New")).isTrue();
    assertThat(value("New", "a", View.current())).isEqualTo("3");
  }
}
