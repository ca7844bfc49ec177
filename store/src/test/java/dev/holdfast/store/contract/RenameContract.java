// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Renames;
import dev.holdfast.store.View;
import java.util.List;
import java.util.Map;
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

  /** Renames one; false if there was nothing to do. */
  private boolean rename(String from, String to) {
    return !store().renameNamespaces(new Renames(Map.of(from, to))).isEmpty();
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

    assertThat(rename("Old", "New")).isTrue();
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
    rename("Old", "New");

    assertThat(rename("Old", "New")).isFalse();
    reopen();
    assertThat(rename("Old", "New")).isFalse();
    assertThat(names("New")).containsExactly("a");
    assertThat(store().directory().namespaces()).containsExactly("New");
  }

  @Test
  void what_never_was_is_not_renamed() {
    assertThat(rename("Old", "New")).isFalse();
    assertThat(store().directory().namespaces()).isEmpty();
    fill("New", "a");
    assertThat(rename("Old", "New")).isFalse();
    assertThat(names("New")).containsExactly("a");
  }

  @Test
  void where_both_have_objects_it_is_refused_and_both_are_as_they_were() throws Exception {
    fill("Old", "a");
    fill("New", "b");

    assertThatThrownBy(() -> rename("Old", "New"))
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

    assertThat(rename("Old", "New")).isTrue();
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

    assertThat(rename("Old", "New")).isFalse();
    assertThat(store().namespaceSecret("New")).isEqualTo(secret);
    assertThat(names("New")).containsExactly("a");
  }

  @Test
  void the_old_name_may_be_used_again() throws Exception {
    fill("Old", "a");
    rename("Old", "New");
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

      assertThat(rename(from, to)).isTrue();
      assertThat(value(to, "a", View.current())).isEqualTo(String.valueOf(round));
    }
    assertThat(store().directory().namespaces()).containsExactly("N50");
  }

  @Test
  void while_an_object_of_it_is_open_it_is_refused() {
    fill("Old", "a");
    TestObject open = open(new ObjectRef("Old", id("a")), "a");

    assertThatThrownBy(() -> rename("Old", "New"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Old/a is open");
    open.put("k", "3").commit();
    open.release();
    assertThat(rename("Old", "New")).isTrue();
    assertThat(value("New", "a", View.current())).isEqualTo("3");
  }

  // ---------------------------------------------------------------- several

  private static final Renames SEVERAL =
      new Renames(Map.of("Old", "New", "Older", "Newer", "Oldest", "Newest"));

  @Test
  void several_are_renamed_at_once_and_those_that_are_done_left_out() throws Exception {
    fill("Old", "a");
    fill("Older", "a", "b");
    byte[] secret = store().namespaceSecret("Older");
    store().namespaceSecret("Newer");

    assertThat(store().renameNamespaces(SEVERAL))
        .isEqualTo(new Renames(Map.of("Old", "New", "Older", "Newer")));
    reopen();
    assertThat(store().directory().namespaces()).containsExactly("New", "Newer");
    assertThat(names("New")).containsExactly("a");
    assertThat(names("Newer")).containsExactly("a", "b");
    assertThat(store().namespaceSecret("Newer")).isEqualTo(secret);
    fill("Oldest", "c");
    assertThat(store().renameNamespaces(SEVERAL))
        .isEqualTo(new Renames(Map.of("Oldest", "Newest")));
    assertThat(store().renameNamespaces(SEVERAL).isEmpty()).isTrue();
    assertThat(names("Newest")).containsExactly("c");
  }

  @Test
  void where_one_of_several_cannot_be_renamed_none_is() throws Exception {
    fill("Old", "a");
    fill("Older", "b");
    fill("Oldest", "c");
    TestObject open = open(new ObjectRef("Older", id("b")), "b");

    assertThatThrownBy(() -> store().renameNamespaces(SEVERAL))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("namespace Older cannot be renamed to Newer: Older/b is open");
    open.release();
    fill("Newest", "d");
    assertThatThrownBy(() -> store().renameNamespaces(SEVERAL))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("namespace Oldest cannot be renamed to Newest: both have objects");
    reopen();
    assertThat(store().directory().namespaces())
        .containsExactly("Newest", "Old", "Older", "Oldest");
    assertThat(names("Old")).containsExactly("a");
    assertThat(names("Older")).containsExactly("b");
  }

  @Test
  void what_was_submitted_before_to_any_of_several_goes_along() {
    for (String namespace : List.of("Old", "Older", "Oldest")) {
      TestObject object = open(new ObjectRef(namespace, id("a")), "a");
      object.put("k", "1").submit();
      object.put("k", "2").submit();
      object.release();
    }

    assertThat(store().renameNamespaces(SEVERAL)).isEqualTo(SEVERAL);
    for (String namespace : List.of("New", "Newer", "Newest")) {
      assertThat(value(namespace, "a", View.current())).isEqualTo("2");
    }
  }

  @Test
  void names_that_would_meet_are_refused() {
    for (Map<String, String> names :
        List.of(
            Map.of("Old", "Old"),
            Map.of("Old", "New", "Older", "New"),
            Map.of("Old", "New", "New", "Newer"))) {
      assertThatThrownBy(() -> new Renames(names))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("give each its own");
    }
  }
}
