// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.View;
import org.junit.jupiter.api.Test;

/** Clear: a new incarnation of the object begins; the earlier one stays readable in the past. */
abstract class ClearContract extends ContractTest {
  private static final EntryKey META = EntryKey.of(EntryKind.META, new byte[] {1});
  private static final EntryKey OTHER_META = EntryKey.of(EntryKind.META, new byte[] {2});
  private static final EntryKey PAGE = EntryKey.of(EntryKind.PAGE, new byte[] {0, 0, 0, 1});
  private static final EntryKey ALARM = EntryKey.of(EntryKind.ALARM, new byte[] {'x'});

  private TestObject filled() {
    TestObject object = open("a");
    object
        .put("k", "1")
        .put("l", "1")
        .put(PAGE, "page")
        .put(ALARM, "alarm")
        .put(META, "meta")
        .alarm(START.plusSeconds(60))
        .commit();
    return object;
  }

  @Test
  void clear_removes_everything_but_what_the_engine_keeps() throws Exception {
    filled().clear().commit();

    assertThat(all("a")).containsExactly(entry(META, "meta"));
    assertThat(get("a", "k")).isNull();
    reopen();
    assertThat(all("a")).containsExactly(entry(META, "meta"));
    OpenedObject found = found("a");
    assertThat(found.whole()).isTrue();
    assertThat(found.entries()).hasSize(1);
    assertThat(found.seq()).isEqualTo(2);
    assertThat(found.name()).isEqualTo("a");
    assertThat(store().directory().byName(NAMESPACE, "", null, 10)).hasSize(1);
  }

  @Test
  void clear_leaves_the_alarm_time_unless_the_commit_sets_it() {
    TestObject object = filled();
    object.clear().commit();
    assertThat(store().nextAlarm()).contains(START.plusSeconds(60));

    object.clear().alarm(AlarmTime.NEVER).commit();
    assertThat(store().nextAlarm()).isEmpty();
  }

  @Test
  void changes_of_the_same_commit_come_after_the_clear() throws Exception {
    filled()
        .clear()
        .put("k", "2")
        .put("m", "2")
        .delete("l")
        .put(META, "changed")
        .put(OTHER_META, "new")
        .commit();
    reopen();

    assertThat(all("a"))
        .containsExactly(
            entry(EntryKey.user("k"), "2"),
            entry(EntryKey.user("m"), "2"),
            entry(META, "changed"),
            entry(OTHER_META, "new"));
  }

  @Test
  void a_cleared_object_can_delete_and_write_again() throws Exception {
    TestObject object = filled();
    object.clear().delete(META).commit();
    object.put("k", "3").commit();
    object.delete("k").put("n", "4").commit();
    reopen();

    assertThat(texts("a")).containsExactly(entry("n", "4"));
  }

  @Test
  void the_past_before_a_clear_stays_readable() throws Exception {
    TestObject object = filled();
    Generation before = object.generation();
    clock.advanceSeconds(1);
    object.clear().put("k", "2").put(META, "changed").commit();
    Generation after = object.generation();
    clock.advanceSeconds(1);
    object.put("k", "3").put("o", "3").commit();
    reopen();

    assertThat(all("a", View.endOf(before)))
        .containsExactly(
            entry(EntryKey.user("k"), "1"),
            entry(EntryKey.user("l"), "1"),
            entry(PAGE, "page"),
            entry(ALARM, "alarm"),
            entry(META, "meta"));
    assertThat(get("a", "l", before)).isEqualTo("1");
    assertThat(all("a", View.endOf(after)))
        .containsExactly(entry(EntryKey.user("k"), "2"), entry(META, "changed"));
    assertThat(get("a", "l", after)).isNull();
    assertThat(get("a", "k", after)).isEqualTo("2");
    assertThat(get("a", "o", after)).isNull();
  }

  @Test
  void every_incarnation_keeps_its_own_past() throws Exception {
    TestObject object = open("a");
    for (int life = 0; life < 4; life++) {
      object.clear().put("k", "born " + life).put("only" + life, "" + life).commit();
      clock.advanceSeconds(1);
      object.put("k", "grown " + life).commit();
      clock.advanceSeconds(1);
    }
    object.clear().commit();
    reopen();

    assertThat(texts("a")).isEmpty();
    for (int life = 0; life < 4; life++) {
      Generation born = Generation.lastOfSecond(START.getEpochSecond() + 2L * life);
      Generation grown = Generation.lastOfSecond(START.getEpochSecond() + 2L * life + 1);
      assertThat(texts("a", View.endOf(born)))
          .containsExactly(entry("k", "born " + life), entry("only" + life, "" + life));
      assertThat(texts("a", View.endOf(grown)))
          .containsExactly(entry("k", "grown " + life), entry("only" + life, "" + life));
    }
  }

  @Test
  void clears_in_one_generation_show_only_how_it_ended() {
    TestObject object = open("a");
    object.put("k", "0").put("l", "0").commit();
    Generation before = object.generation();
    clock.advanceSeconds(1);
    object.put("k", "1").put("m", "1").commit();
    object.clear().put("k", "2").put("n", "2").commit();
    object.clear().put("k", "3").commit();
    Generation during = object.generation();
    clock.advanceSeconds(1);
    object.put("k", "4").commit();

    assertThat(texts("a", View.endOf(before))).containsExactly(entry("k", "0"), entry("l", "0"));
    assertThat(texts("a", View.endOf(during))).containsExactly(entry("k", "3"));
    assertThat(texts("a")).containsExactly(entry("k", "4"));
  }

  @Test
  void a_first_commit_may_clear() {
    open("a").clear().put("k", "1").commit();

    assertThat(texts("a")).containsExactly(entry("k", "1"));
  }

  @Test
  void a_large_object_that_was_cleared_is_small() throws Exception {
    TestObject object = open("a");
    Draft draft = object.draft();
    for (int i = 0; i < 3 * OpenedObject.MAX_WHOLE_ENTRIES; i++) {
      draft.put("k" + i, "" + i);
    }
    draft.commit();
    assertThat(found("a").whole()).isFalse();

    open("a").clear().put("k", "1").commit();
    assertThat(found("a").whole()).isTrue();
    assertThat(found("a").entries()).hasSize(1);
    reopen();
    assertThat(found("a").whole()).isTrue();
  }
}
