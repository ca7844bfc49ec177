// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.View;
import org.junit.jupiter.api.Test;

/** History: a view shows the state at the end of a generation, of all entries at once. */
abstract class HistoryContract extends ContractTest {
  private static final long SECOND = START.getEpochSecond();

  private static Generation second(long offset) {
    return Generation.lastOfSecond(SECOND + offset);
  }

  @Test
  void a_view_shows_the_state_at_the_end_of_its_generation() throws Exception {
    TestObject object = open("a");
    object.put("k", "1").put("l", "1").commit();
    clock.advanceSeconds(10);
    object.put("k", "2").put("m", "2").commit();
    clock.advanceSeconds(10);
    object.delete("k").put("l", "3").commit();
    reopen();

    assertThat(texts("a", View.endOf(second(-1)))).isEmpty();
    for (int at = 0; at < 10; at++) {
      assertThat(texts("a", View.endOf(second(at))))
          .containsExactly(entry("k", "1"), entry("l", "1"));
    }
    for (int at = 10; at < 20; at++) {
      assertThat(texts("a", View.endOf(second(at))))
          .containsExactly(entry("k", "2"), entry("l", "1"), entry("m", "2"));
    }
    for (int at = 20; at < 30; at++) {
      assertThat(texts("a", View.endOf(second(at))))
          .containsExactly(entry("l", "3"), entry("m", "2"));
    }
    assertThat(get("a", "k", second(-1))).isNull();
    assertThat(get("a", "k", second(9))).isEqualTo("1");
    assertThat(get("a", "k", second(10))).isEqualTo("2");
    assertThat(get("a", "k", second(19))).isEqualTo("2");
    assertThat(get("a", "k", second(20))).isNull();
    assertThat(get("a", "m", second(9))).isNull();
  }

  @Test
  void before_everything_there_is_nothing_and_after_everything_there_is_the_present() {
    open("a").put("k", "1").commit();

    assertThat(texts("a", View.endOf(Generation.NONE))).isEmpty();
    assertThat(get("a", "k", Generation.NONE)).isNull();
    assertThat(get("a", "k", new Generation(Long.MAX_VALUE))).isEqualTo("1");
    assertThat(texts("a", View.endOf(second(1_000_000)))).containsExactly(entry("k", "1"));
    assertThat(texts("b", View.endOf(second(0)))).isEmpty();
  }

  @Test
  void within_a_generation_only_the_last_state_counts() throws Exception {
    TestObject object = open("a");
    object.put("k", "1").put("l", "1").put("m", "1").commit();
    clock.advanceSeconds(1);
    object.put("k", "2").delete("l").put("n", "2").commit();
    object.put("k", "3").put("l", "3").delete("n").commit();
    object.put("k", "4").delete("m").commit();
    object.delete("k").put("m", "5").commit();
    clock.advanceSeconds(1);
    object.put("k", "6").put("n", "6").commit();
    reopen();

    assertThat(texts("a", View.endOf(second(0))))
        .containsExactly(entry("k", "1"), entry("l", "1"), entry("m", "1"));
    assertThat(texts("a", View.endOf(second(1)))).containsExactly(entry("l", "3"), entry("m", "5"));
    assertThat(texts("a"))
        .containsExactly(entry("k", "6"), entry("l", "3"), entry("m", "5"), entry("n", "6"));
  }

  @Test
  void generations_of_one_second_are_distinct_views() {
    TestObject object = open("a");
    object.put("k", "1").commit();
    Generation first = object.generation();
    object.put("k", "2").put("l", "2").generation(first.next()).commit();
    object.put("k", "3").delete("l").generation(first.next().next()).commit();

    assertThat(get("a", "k", first)).isEqualTo("1");
    assertThat(get("a", "l", first)).isNull();
    assertThat(get("a", "k", first.next())).isEqualTo("2");
    assertThat(get("a", "l", first.next())).isEqualTo("2");
    assertThat(get("a", "k", first.next().next())).isEqualTo("3");
    assertThat(get("a", "l", first.next().next())).isNull();
    assertThat(get("a", "k", second(0))).isEqualTo("3");
  }

  @Test
  void the_view_of_the_generation_that_goes_on_is_the_present() {
    TestObject object = open("a");
    object.put("k", "1").commit();
    assertThat(get("a", "k", object.generation())).isEqualTo("1");
    object.put("k", "2").commit();
    assertThat(get("a", "k", object.generation())).isEqualTo("2");
  }

  @Test
  void an_entry_that_comes_back_is_absent_in_between() {
    TestObject object = open("a");
    object.put("k", "1").commit();
    clock.advanceSeconds(1);
    object.delete("k").commit();
    clock.advanceSeconds(1);
    object.put("k", "3").commit();
    clock.advanceSeconds(1);
    object.delete("k").commit();
    clock.advanceSeconds(1);
    object.delete("k").commit();

    assertThat(get("a", "k", second(0))).isEqualTo("1");
    assertThat(get("a", "k", second(1))).isNull();
    assertThat(get("a", "k", second(2))).isEqualTo("3");
    assertThat(get("a", "k", second(3))).isNull();
    assertThat(get("a", "k")).isNull();
  }

  @Test
  void histories_of_keys_that_begin_alike_do_not_mix() {
    EntryKey[] keys = {
      EntryKey.user(""),
      EntryKey.user("a"),
      EntryKey.user("a\0"),
      EntryKey.user("a\0\1"),
      EntryKey.of(EntryKind.USER, new byte[] {'a', 0, -1}),
      EntryKey.of(EntryKind.USER, new byte[] {'a', -1, -1, -1, -1, -1, -1, -1, -1}),
      EntryKey.user("aa"),
      EntryKey.of(EntryKind.PAGE, new byte[] {'a'}),
    };
    TestObject object = open("a");
    for (int at = 0; at < 4; at++) {
      Draft draft = object.draft();
      for (int i = 0; i < keys.length; i++) {
        if ((at + i) % 3 == 0) {
          draft.delete(keys[i]);
        } else {
          draft.put(keys[i], at + "/" + i);
        }
      }
      draft.commit();
      clock.advanceSeconds(1);
    }

    for (int at = 0; at < 4; at++) {
      for (int i = 0; i < keys.length; i++) {
        String expected = (at + i) % 3 == 0 ? null : at + "/" + i;
        View view = View.endOf(second(at));
        assertThat(text(store().get(ref("a"), keys[i], view))).isEqualTo(expected);
        assertThat(all("a", view).get(keys[i])).isEqualTo(expected);
      }
    }
  }

  @Test
  void histories_of_objects_do_not_mix() {
    TestObject a = open("a");
    TestObject b = open("b");
    a.put("k", "a1").commit();
    b.put("k", "b1").commit();
    clock.advanceSeconds(1);
    a.put("k", "a2").commit();

    assertThat(get("a", "k", second(0))).isEqualTo("a1");
    assertThat(get("b", "k", second(0))).isEqualTo("b1");
    assertThat(get("b", "k", second(1))).isEqualTo("b1");
  }
}
