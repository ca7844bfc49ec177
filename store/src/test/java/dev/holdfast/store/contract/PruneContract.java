// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.holdfast.store.Generation;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.Retention;
import dev.holdfast.store.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Pruning: superseded versions go when no retained moment and no pin sees them, and no earlier. The
 * retention is a minute of seconds, an hour of minutes, a day of hours.
 */
abstract class PruneContract extends ContractTest {
  private static final long SECOND = START.getEpochSecond();

  @Override
  Retention retention() {
    return new Retention(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1));
  }

  private static View endOfSecond(long offset) {
    return View.endOf(Generation.lastOfSecond(SECOND + offset));
  }

  /** Prunes everything that can be pruned now, and tells how much that was. */
  private int pruneAll() {
    int removed = 0;
    for (int pass = 0; pass < 2; pass++) {
      PruneReport report = store().prune(100);
      while (!report.passCompleted()) {
        removed += report.removed();
        report = store().prune(100);
      }
      removed += report.removed();
    }
    return removed;
  }

  /** Writes so often, each time a second later; the value is the second. */
  private TestObject written(int seconds) {
    TestObject object = open("a");
    for (int at = 0; at < seconds; at++) {
      object.put("k", "" + at).commit();
      clock.advanceSeconds(1);
    }
    return object;
  }

  private void setOffset(long seconds) {
    clock.set(START.plusSeconds(seconds));
  }

  @Test
  void without_history_there_is_nothing_to_prune() {
    assertThat(store().prune(1)).isEqualTo(new PruneReport(0, 0, true));
    open("a").put("k", "1").commit();
    setOffset(1_000_000);
    assertThat(store().prune(1)).isEqualTo(new PruneReport(0, 0, true));
    assertThat(get("a", "k")).isEqualTo("1");
  }

  @Test
  void a_step_must_be_allowed_to_look_at_something() {
    assertThatThrownBy(() -> store().prune(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void every_second_of_the_first_window_stays_readable() {
    written(50);

    assertThat(pruneAll()).isZero();
    for (int at = 0; at < 50; at++) {
      assertThat(texts("a", endOfSecond(at))).containsExactly(entry("k", "" + at));
    }
  }

  @Test
  void a_second_is_kept_until_it_is_beyond_the_window_and_not_shorter() {
    written(10);
    setOffset(60 + 5);
    assertThat(pruneAll()).as("the moments 1 to 4 are beyond the window, 5 is not").isEqualTo(4);
    for (int at = 4; at < 10; at++) {
      assertThat(get("a", "k", Generation.lastOfSecond(SECOND + at))).isEqualTo("" + at);
    }
    setOffset(60 + 6);
    assertThat(pruneAll()).isEqualTo(1);
  }

  @Test
  void minutes_then_hours_then_only_the_present_remain() throws Exception {
    written(2 * 60);
    setOffset(30 * 60);
    assertThat(pruneAll())
        .as("of 119 versions the one at the first minute's end stays")
        .isEqualTo(118);
    assertThat(get("a", "k", Generation.lastOfSecond(SECOND + 59))).isEqualTo("59");
    assertThat(get("a", "k", Generation.lastOfSecond(SECOND + 119))).isEqualTo("119");

    setOffset(3600 + 60);
    assertThat(pruneAll()).isZero();
    reopen();
    assertThat(get("a", "k", Generation.lastOfSecond(SECOND + 59))).isEqualTo("59");

    setOffset(3600 + 61);
    assertThat(pruneAll()).isEqualTo(1);
    assertThat(get("a", "k", Generation.lastOfSecond(SECOND + 119))).isEqualTo("119");
    assertThat(get("a", "k")).isEqualTo("119");
  }

  /** Of the moments up to the last one, those that are offered, each of which must be right. */
  private List<Long> offered(long last) {
    long now = clock.second();
    List<Long> offered = new ArrayList<>();
    for (long offset = 1; offset <= last; offset++) {
      if (isOffered(SECOND + offset, now)) {
        assertThat(get("a", "k", Generation.lastOfSecond(SECOND + offset - 1)))
            .as("the end of second %d", offset - 1)
            .isEqualTo("" + (offset - 1));
        offered.add(offset);
      }
    }
    return offered;
  }

  private boolean isOffered(long moment, long now) {
    Retention rule = store().retention();
    Retention.Since since = rule.since();
    return isOffered(moment, now, 1, rule.seconds(), since.seconds())
        || isOffered(moment, now, 60, rule.minutes(), since.minutes())
        || isOffered(moment, now, 3600, rule.hours(), since.hours());
  }

  private static boolean isOffered(long moment, long now, long step, Duration window, long since) {
    return moment % step == 0 && now - moment <= window.toSeconds() && moment >= since;
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void what_a_clock_that_was_ahead_let_go_is_not_offered_when_it_is_right_again() throws Exception {
    written(100);
    assertThat(offered(100)).containsExactlyElementsOf(range(40, 100));

    setOffset(30 * 60);
    pruneAll();
    setOffset(100);
    assertThat(offered(100)).as("the end of a minute, and the present").containsExactly(60L, 100L);
    reopen();
    assertThat(offered(100)).containsExactly(60L, 100L);

    setOffset(30 * 24 * 3600);
    pruneAll();
    setOffset(100);
    assertThat(offered(100)).as("the present").containsExactly(100L);

    TestObject object = open("a");
    for (int at = 100; at < 130; at++) {
      object.put("k", "" + at).commit();
      clock.advanceSeconds(1);
    }
    assertThat(offered(130)).as("what came after").containsExactlyElementsOf(range(100, 130));
    pruneAll();
    reopen();
    assertThat(offered(130)).containsExactlyElementsOf(range(100, 130));
  }

  @Test
  void what_was_written_by_a_clock_that_was_ahead_and_let_go_is_not_offered() throws Exception {
    TestObject object = written(10);
    setOffset(2 * 24 * 3600);
    object.put("k", "ahead").commit();
    setOffset(5 * 24 * 3600);
    pruneAll();

    setOffset(20);
    open("b").put("k", "b").commit();
    reopen();
    setOffset(30);
    assertThat(offered(30)).as("until the clock is where it was, nobody knows a was").isEmpty();
  }

  @Test
  void a_clock_that_is_right_keeps_all_moments_of_its_windows() {
    TestObject object = open("a");
    for (int at = 0; at < 200; at++) {
      object.put("k", "" + at).commit();
      clock.advanceSeconds(1);
      pruneAll();
      List<Long> expected = new ArrayList<>(range(Math.max(1, at + 1 - 60), at + 1));
      if (at + 1 - 60 > 60) {
        expected.addFirst(60L);
      }
      if (at + 1 - 60 > 120) {
        expected.add(1, 120L);
      }
      assertThat(offered(at + 1)).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void an_hour_is_kept_for_the_last_window() {
    TestObject object = open("a");
    setOffset(3599);
    object.put("k", "before the hour").commit();
    setOffset(3600);
    object.put("k", "after the hour").commit();
    setOffset(3605);
    object.put("k", "last").commit();

    setOffset(3600 + 24 * 3600);
    assertThat(pruneAll()).isEqualTo(1);
    assertThat(get("a", "k", Generation.lastOfSecond(SECOND + 3599))).isEqualTo("before the hour");
    setOffset(3600 + 24 * 3600 + 1);
    assertThat(pruneAll()).isEqualTo(1);
    assertThat(get("a", "k")).isEqualTo("last");
  }

  @Test
  void a_pin_keeps_its_generation_until_it_expires() throws Exception {
    TestObject object = open("a");
    object.put("k", "1").put("l", "1").commit();
    Generation pinned = object.generation();
    clock.advanceSeconds(1);
    object.put("k", "2").delete("l").pin(pinned, START.plus(Duration.ofDays(7))).commit();
    clock.advanceSeconds(1);
    object.put("k", "3").commit();

    clock.set(START.plus(Duration.ofDays(7)).minusSeconds(1));
    assertThat(pruneAll()).as("version 2 of k").isEqualTo(1);
    assertThat(texts("a", View.endOf(pinned))).containsExactly(entry("k", "1"), entry("l", "1"));
    reopen();
    assertThat(pruneAll()).isZero();
    assertThat(texts("a", View.endOf(pinned))).containsExactly(entry("k", "1"), entry("l", "1"));

    clock.set(START.plus(Duration.ofDays(7)));
    assertThat(pruneAll()).isEqualTo(2);
    assertThat(texts("a")).containsExactly(entry("k", "3"));
  }

  @Test
  void of_several_pins_of_a_generation_the_latest_counts() {
    TestObject object = open("a");
    object.put("k", "1").commit();
    Generation pinned = object.generation();
    clock.advanceSeconds(1);
    object.put("k", "2").pin(pinned, START.plus(Duration.ofDays(9))).commit();
    object.draft().pin(pinned, START.plus(Duration.ofDays(3))).commit();

    clock.set(START.plus(Duration.ofDays(8)));
    assertThat(pruneAll()).isZero();
    assertThat(get("a", "k", pinned)).isEqualTo("1");
    clock.set(START.plus(Duration.ofDays(9)));
    assertThat(pruneAll()).isEqualTo(1);
  }

  @Test
  void a_pin_of_one_object_does_not_keep_another() {
    TestObject a = open("a");
    TestObject b = open("b");
    a.put("k", "1").commit();
    b.put("k", "1").commit();
    clock.advanceSeconds(1);
    a.put("k", "2").pin(a.generation(), START.plus(Duration.ofDays(9))).commit();
    b.put("k", "2").commit();

    clock.set(START.plus(Duration.ofDays(5)));
    assertThat(pruneAll()).isEqualTo(1);
  }

  @Test
  void pins_within_one_second_keep_their_generations_apart() {
    TestObject object = open("a");
    object.put("k", "1").commit();
    for (int i = 2; i <= 5; i++) {
      Generation before = object.generation();
      Draft draft = object.put("k", "" + i).generation(before.next());
      (i % 2 == 0 ? draft.pin(before, START.plus(Duration.ofDays(9))) : draft).commit();
    }

    clock.set(START.plus(Duration.ofDays(5)));
    Generation first = Generation.ofSecond(SECOND);
    assertThat(pruneAll()).as("versions 2 and 4").isEqualTo(2);
    assertThat(get("a", "k", first)).isEqualTo("1");
    assertThat(get("a", "k", first.next().next())).isEqualTo("3");
    assertThat(get("a", "k")).isEqualTo("5");
  }

  @Test
  void a_former_incarnation_goes_when_nothing_sees_it_and_not_before() throws Exception {
    TestObject object = open("a");
    for (int i = 0; i < 10; i++) {
      object.put("k" + i, "1").commit();
    }
    clock.advanceSeconds(100);
    object.clear().put("k0", "2").commit();

    setOffset(3600);
    pruneAll();
    assertThat(texts("a", endOfSecond(59))).hasSize(10);
    assertThat(texts("a", endOfSecond(100))).containsExactly(entry("k0", "2"));
    setOffset(24 * 3600);
    assertThat(pruneAll()).isEqualTo(10);
    assertThat(texts("a")).containsExactly(entry("k0", "2"));
    assertThat(pruneAll()).isZero();
    reopen();
    assertThat(texts("a")).containsExactly(entry("k0", "2"));
  }

  @Test
  void a_pin_keeps_a_former_incarnation() {
    TestObject object = open("a");
    object.put("k", "1").put("l", "1").commit();
    Generation pinned = object.generation();
    object.clear().generation(pinned.next()).pin(pinned, START.plus(Duration.ofDays(9))).commit();
    clock.set(START.plus(Duration.ofDays(8)));

    assertThat(pruneAll()).isZero();
    assertThat(texts("a", View.endOf(pinned))).containsExactly(entry("k", "1"), entry("l", "1"));
    clock.set(START.plus(Duration.ofDays(9)));
    assertThat(pruneAll()).isEqualTo(2);
    assertThat(texts("a")).isEmpty();
  }

  @Test
  void steps_are_bounded_and_together_reach_everything() {
    for (String name : new String[] {"a", "b", "c"}) {
      TestObject object = open(name);
      for (int i = 0; i < 10; i++) {
        object.put("k", "" + i).put("l", "" + i).generation(object.generation().next()).commit();
      }
    }
    setOffset(10 * 24 * 3600);

    int versions = 3 * 2 * 9;
    int examined = 0;
    int removed = 0;
    PruneReport report;
    do {
      report = store().prune(4);
      assertThat(report.examined()).isBetween(0, 4);
      assertThat(report.removed()).isLessThanOrEqualTo(report.examined());
      examined += report.examined();
      removed += report.removed();
    } while (!report.passCompleted());
    assertThat(removed).isEqualTo(versions);
    assertThat(examined).isGreaterThanOrEqualTo(versions);
    assertThat(pruneAll()).isZero();
    assertThat(texts("b")).containsExactly(entry("k", "9"), entry("l", "9"));
  }

  @Test
  void a_step_goes_on_behind_versions_that_stay() {
    TestObject stays = open("a");
    stays.put("k", "0").commit();
    for (int i = 1; i <= 20; i++) {
      Generation before = stays.generation();
      stays
          .put("k", "" + i)
          .generation(before.next())
          .pin(before, START.plus(Duration.ofDays(99)))
          .commit();
    }
    for (String name : new String[] {"b", "c", "d"}) {
      TestObject goes = open(name);
      goes.put("k", "1").commit();
      goes.put("k", "2").generation(goes.generation().next()).commit();
    }
    setOffset(10 * 24 * 3600);

    int removed = 0;
    for (int step = 0; step < 40; step++) {
      removed += store().prune(1).removed();
    }
    assertThat(removed).isEqualTo(3);
  }

  @Test
  void a_version_that_came_after_the_step_began_is_reached_later() {
    written(5);
    setOffset(200);
    assertThat(store().prune(2).passCompleted()).isFalse();
    TestObject object = open("a");
    object.put("a", "1").commit();
    object.put("z", "1").commit();
    clock.advanceSeconds(1);
    object.put("a", "2").put("z", "2").commit();
    setOffset(10 * 24 * 3600);

    store().prune(1);
    pruneAll();
    assertThat(pruneAll()).isZero();
    assertThat(texts("a")).containsExactly(entry("a", "2"), entry("k", "4"), entry("z", "2"));
  }
}
