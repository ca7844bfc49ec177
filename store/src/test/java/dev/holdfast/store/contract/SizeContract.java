// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Sizes: the bytes of keys, kind included, and values that an object has now. */
abstract class SizeContract extends ContractTest {
  private static final EntryKey META = EntryKey.of(EntryKind.META, new byte[] {1});
  private static final EntryKey PAGE = EntryKey.of(EntryKind.PAGE, new byte[] {0, 0, 0, 1});

  private long size() {
    long opened = found("a").bytes();
    DirectoryEntry entry = Objects.requireNonNull(store().directory().find(ref("a")));
    assertThat(entry.bytes()).isEqualTo(opened);
    assertThat(store().directory().byId(NAMESPACE, null, 9)).containsExactly(entry);
    assertThat(store().directory().byName(NAMESPACE, "", null, 9)).containsExactly(entry);
    return opened;
  }

  private void write(UnaryOperator<Draft> draft) {
    draft.apply(open("a").draft()).commit();
  }

  @Test
  void every_kind_counts() throws Exception {
    write(draft -> draft.put("key", "value").put(PAGE, "page").put(META, "meta"));
    assertThat(size()).isEqualTo(4 + 5 + 5 + 4 + 2 + 4);
    reopen();
    assertThat(size()).isEqualTo(24);
  }

  @Test
  void what_is_overwritten_or_deleted_does_not_count() {
    write(draft -> draft.put("k", "value").put("l", "value"));
    clock.advanceSeconds(1);
    write(draft -> draft.put("k", "v"));
    assertThat(size()).isEqualTo(3 + 7);
    write(draft -> draft.delete("l").delete("none"));
    assertThat(size()).isEqualTo(3);
    write(draft -> draft.put("k", "a longer value"));
    assertThat(size()).isEqualTo(2 + 14);
    write(draft -> draft.delete("k"));
    assertThat(size()).isZero();
  }

  @Test
  void what_a_clear_removes_does_not_count() {
    write(draft -> draft.put("k", "value").put(PAGE, "page").put(META, "meta"));
    write(draft -> draft.clear().put("new", "1"));
    assertThat(size()).isEqualTo(2 + 4 + 4 + 1);
    write(Draft::clear);
    assertThat(size()).isEqualTo(2 + 4);
    write(draft -> draft.clear().delete(META));
    assertThat(size()).isZero();
  }

  @Test
  void commits_of_one_batch_add_up() {
    TestObject object = open("a");
    Draft first = object.put("k", "12345");
    object.advanceTo(first.build());
    Draft second = object.put("k", "1").put("l", "1");
    object.advanceTo(second.build());
    Draft third = object.draft().clear().put("m", "123");
    object.advanceTo(third.build());
    Draft fourth = object.put("m", "1").put(META, "1");
    object
        .submit(
            new CommitGroup(List.of(first.build(), second.build(), third.build(), fourth.build())))
        .awaitDurable();
    assertThat(size()).isEqualTo(3 + 3);
  }

  @Test
  void the_last_write_is_told() {
    write(draft -> draft.put("k", "1"));
    clock.advanceSeconds(7);
    write(draft -> draft.put("k", "2"));

    assertThat(store().directory().find(ref("a")))
        .returns(START, DirectoryEntry::created)
        .returns(START.plusSeconds(7), DirectoryEntry::written);
    assertThat(store().directory().find(ref("b"))).isNull();
  }
}
