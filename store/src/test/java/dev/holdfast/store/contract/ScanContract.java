// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scans: ranges in key order, forward and back, page by page. */
abstract class ScanContract extends ContractTest {
  private static final long MANY_BYTES = 1 << 20;

  private static ScanRange range(String from, String to, boolean reverse, int maxEntries) {
    return new ScanRange(EntryKey.user(from), EntryKey.user(to), reverse, maxEntries, MANY_BYTES);
  }

  private static List<String> keys(ScanPage page) {
    return page.entries().stream().map(entry -> entry.key().text()).toList();
  }

  private ScanPage scan(ScanRange range) {
    return store().scan(ref("a"), range, View.current());
  }

  private void write(String... keys) {
    Draft draft = open("a").draft();
    for (String key : keys) {
      draft.put(key, "value of " + key);
    }
    draft.commit();
  }

  @Test
  void entries_come_in_the_order_of_their_utf8_bytes() throws Exception {
    String[] ordered = {
      "", "\0", "\0\0", "\0a", "A", "a", "a\0", "a\0\0", "a\0b", "a\1", "aa", "b", "~", "é",
      "\uffff", "😀"
    };
    write(ordered);

    assertThat(texts("a").sequencedKeySet()).containsExactly(ordered);
    reopen();
    assertThat(texts("a").sequencedKeySet()).containsExactly(ordered);
  }

  @Test
  void a_range_includes_its_first_key_and_excludes_its_end() {
    write("a", "b", "b1", "c", "d");

    assertThat(keys(scan(range("b", "d", false, 10)))).containsExactly("b", "b1", "c");
    assertThat(keys(scan(range("b", "d", true, 10)))).containsExactly("c", "b1", "b");
    assertThat(keys(scan(range("b0", "c1", false, 10)))).containsExactly("b1", "c");
    assertThat(keys(scan(range("", "zzz", false, 10)))).containsExactly("a", "b", "b1", "c", "d");
  }

  @Test
  void an_empty_range_is_complete_and_holds_nothing() {
    write("a", "b", "c");

    for (boolean reverse : new boolean[] {false, true}) {
      for (ScanRange empty :
          List.of(
              range("b", "b", reverse, 10),
              range("c", "a", reverse, 10),
              range("d", "e", reverse, 10),
              range("a1", "a2", reverse, 10))) {
        assertThat(scan(empty).entries()).isEmpty();
        assertThat(scan(empty).complete()).isTrue();
      }
    }
    ScanPage unknown = store().scan(ref("z"), range("a", "z", false, 10), View.current());
    assertThat(unknown.entries()).isEmpty();
    assertThat(unknown.complete()).isTrue();
  }

  @Test
  void a_page_ends_at_its_most_entries_and_says_whether_there_are_more() {
    write("a", "b", "c", "d");

    ScanPage two = scan(range("a", "z", false, 2));
    assertThat(keys(two)).containsExactly("a", "b");
    assertThat(two.complete()).isFalse();
    ScanPage last = scan(range("b1", "z", false, 2));
    assertThat(keys(last)).containsExactly("c", "d");
    assertThat(last.complete()).isTrue();
    ScanPage back = scan(range("a", "d", true, 2));
    assertThat(keys(back)).containsExactly("c", "b");
    assertThat(back.complete()).isFalse();
    assertThat(scan(range("a", "d", true, 3)).complete()).isTrue();
    assertThat(scan(range("a", "d", true, 4)).complete()).isTrue();
  }

  @Test
  void a_page_ends_with_the_entry_that_reaches_its_most_bytes() {
    EntryKey first = EntryKey.user("a");
    open("a")
        .draft()
        .put(first, new byte[98])
        .put(EntryKey.user("b"), new byte[98])
        .put(EntryKey.user("c"), new byte[1000])
        .put(EntryKey.user("d"), new byte[1])
        .commit();

    assertThat(keys(scan(new ScanRange(FIRST, END, false, 10, 1)))).containsExactly("a");
    assertThat(keys(scan(new ScanRange(FIRST, END, false, 10, 100)))).containsExactly("a");
    assertThat(keys(scan(new ScanRange(FIRST, END, false, 10, 101)))).containsExactly("a", "b");
    assertThat(keys(scan(new ScanRange(FIRST, END, false, 10, 201))))
        .containsExactly("a", "b", "c");
    assertThat(keys(scan(new ScanRange(FIRST, END, true, 10, 4)))).containsExactly("d", "c");
    ScanPage all = scan(new ScanRange(FIRST, END, false, 10, 1205));
    assertThat(keys(all)).containsExactly("a", "b", "c", "d");
    assertThat(all.complete()).isTrue();
  }

  @Test
  void a_range_without_room_for_an_entry_is_refused() {
    assertThatThrownBy(() -> new ScanRange(FIRST, END, false, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ScanRange(FIRST, END, false, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000})
  void pages_join_to_the_whole_in_both_directions_now_and_then(int pageSize) {
    TestObject object = open("a");
    Draft draft = object.draft();
    List<String> before = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      draft.put("k%02d".formatted(i), "before");
      before.add("k%02d".formatted(i));
    }
    draft.commit();
    clock.advanceSeconds(1);
    View past = View.endOf(object.generation());
    Draft change = object.draft();
    for (int i = 0; i < 60; i += 3) {
      change.put("k%02d".formatted(i), "after").delete("k%02d".formatted(i + 1));
    }
    change.commit();
    List<String> after = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      if (i % 3 == 0 || (i < 40 && i % 3 == 2)) {
        after.add("k%02d".formatted(i));
      }
    }

    assertThat(paged(pageSize, false, past)).containsExactlyElementsOf(before);
    assertThat(paged(pageSize, true, past)).containsExactlyElementsOf(before.reversed());
    assertThat(paged(pageSize, false, View.current())).containsExactlyElementsOf(after);
    assertThat(paged(pageSize, true, View.current())).containsExactlyElementsOf(after.reversed());
  }

  private List<String> paged(int pageSize, boolean reverse, View view) {
    ScanRange range = new ScanRange(FIRST, END, reverse, pageSize, MANY_BYTES);
    return all(ref("a"), view, range).sequencedKeySet().stream().map(EntryKey::text).toList();
  }

  @Test
  void kinds_lie_apart_in_their_order() {
    Draft draft = open("a").draft();
    for (EntryKind kind : EntryKind.values()) {
      draft.put(EntryKey.of(kind, new byte[] {1}), kind.name());
      draft.put(EntryKey.of(kind, new byte[] {-1, -1, -1}), kind.name());
      draft.put(EntryKey.first(kind), kind.name());
    }
    draft.commit();

    for (EntryKind kind : EntryKind.values()) {
      ScanRange range =
          new ScanRange(EntryKey.first(kind), EntryKey.end(kind), false, 10, MANY_BYTES);
      assertThat(scan(range).entries().stream().map(Entry::key))
          .containsExactly(
              EntryKey.first(kind),
              EntryKey.of(kind, new byte[] {1}),
              EntryKey.of(kind, new byte[] {-1, -1, -1}));
      assertThat(all("a").values()).filteredOn(kind.name()::equals).hasSize(3);
    }
    assertThat(all("a")).hasSize(3 * EntryKind.values().length);
  }

  @Test
  void a_scan_sees_one_object_only() {
    open("a").put("k", "1").commit();
    open("b").put("k", "2").put("l", "2").commit();
    open("c").put("k", "3").commit();

    assertThat(texts("a")).containsOnlyKeys("k");
    assertThat(texts("b")).containsOnlyKeys("k", "l");
    assertThat(texts("c")).containsOnlyKeys("k");
  }
}
