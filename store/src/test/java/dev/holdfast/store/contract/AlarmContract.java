// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.DueAlarm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Alarms: which objects want to be woken, judged by the store's clock. */
abstract class AlarmContract extends ContractTest {

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }

  @Test
  void an_alarm_is_due_at_its_time_and_not_before() {
    open("a").draft().alarm(at(5)).commit();

    assertThat(store().nextAlarm()).contains(at(5));
    assertThat(store().dueAlarms(10)).isEmpty();
    clock.set(at(5).minusMillis(1));
    assertThat(store().dueAlarms(10)).isEmpty();
    clock.set(at(5));
    assertThat(store().dueAlarms(10)).containsExactly(new DueAlarm(ref("a"), at(5)));
    clock.set(at(500));
    assertThat(store().dueAlarms(10)).containsExactly(new DueAlarm(ref("a"), at(5)));
    assertThat(store().nextAlarm()).contains(at(5));
  }

  @Test
  void due_alarms_come_earliest_first_and_no_more_than_asked_for() throws Exception {
    open("c").draft().alarm(at(3)).commit();
    open("a").draft().alarm(at(1)).commit();
    open("d").draft().alarm(at(4)).commit();
    open("b").draft().alarm(at(2)).commit();
    clock.set(at(3));

    assertThat(due(10)).containsExactly("a", "b", "c");
    assertThat(due(2)).containsExactly("a", "b");
    reopen();
    assertThat(due(10)).containsExactly("a", "b", "c");
    assertThat(store().nextAlarm()).contains(at(1));
  }

  private List<String> due(int limit) {
    return store().dueAlarms(limit).stream()
        .map(
            alarm ->
                List.of("a", "b", "c", "d", "e").stream()
                    .filter(name -> ref(name).equals(alarm.object()))
                    .findFirst()
                    .orElseThrow())
        .toList();
  }

  @Test
  void objects_may_wake_at_the_same_time() {
    open("a").draft().alarm(at(1)).commit();
    open("b").draft().alarm(at(1)).commit();
    open("c").draft().alarm(at(1)).commit();
    clock.set(at(1));

    assertThat(due(10)).containsExactlyInAnyOrder("a", "b", "c");
    open("b").draft().alarm(AlarmTime.NEVER).commit();
    assertThat(due(10)).containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void a_commit_moves_removes_or_leaves_the_alarm_time() throws Exception {
    TestObject object = open("a");
    object.draft().alarm(at(1)).commit();
    object.draft().alarm(at(3)).commit();
    clock.set(at(2));
    assertThat(due(10)).isEmpty();
    assertThat(store().nextAlarm()).contains(at(3));

    object.put("k", "1").commit();
    clock.set(at(3));
    assertThat(due(10)).containsExactly("a");
    object.draft().alarm(at(2)).commit();
    assertThat(store().dueAlarms(10)).containsExactly(new DueAlarm(ref("a"), at(2)));
    assertThat(found("a").alarm()).isEqualTo(AlarmTime.at(at(2)));

    open("a").draft().alarm(AlarmTime.NEVER).commit();
    assertThat(due(10)).isEmpty();
    assertThat(store().nextAlarm()).isEmpty();
    reopen();
    assertThat(due(10)).isEmpty();
    assertThat(found("a").alarm()).isEqualTo(AlarmTime.NEVER);
    open("a").draft().alarm(AlarmTime.NEVER).commit();
    open("a").draft().alarm(at(1)).commit();
    assertThat(due(10)).containsExactly("a");
  }

  @Test
  void the_last_alarm_of_a_group_counts() {
    TestObject object = open("a");
    submitTogether(
            object.draft().alarm(at(1)), object.draft().alarm(at(2)).seq(2), object.draft().seq(3))
        .awaitDurable();
    clock.set(at(2));

    assertThat(store().dueAlarms(10)).containsExactly(new DueAlarm(ref("a"), at(2)));
  }

  @Test
  void times_are_whole_milliseconds_and_never_early() {
    Instant time = at(1).plusNanos(1_000_001);
    open("a").draft().alarm(time).commit();

    assertThat(store().nextAlarm()).contains(at(1).plusMillis(2));
    clock.set(time);
    assertThat(due(10)).isEmpty();
    clock.set(at(1).plusMillis(2));
    assertThat(due(10)).containsExactly("a");
  }

  @Test
  void any_time_will_do() throws Exception {
    Instant old = Instant.EPOCH.minus(Duration.ofDays(1));
    open("c").draft().alarm(Instant.parse("9999-12-31T23:59:59Z")).commit();
    open("b").draft().alarm(Instant.EPOCH).commit();
    open("a").draft().alarm(old).commit();
    reopen();

    assertThat(due(10)).containsExactly("a", "b");
    assertThat(store().nextAlarm()).contains(old);
    assertThat(found("c").alarm()).isEqualTo(AlarmTime.at(Instant.parse("9999-12-31T23:59:59Z")));
  }

  @Test
  void without_alarms_nothing_is_due() {
    open("a").put("k", "1").commit();

    assertThat(store().dueAlarms(1)).isEmpty();
    assertThat(store().nextAlarm()).isEmpty();
  }
}
