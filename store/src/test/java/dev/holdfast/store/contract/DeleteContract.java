// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.holdfast.ObjectId;
import dev.holdfast.StorageException;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.View;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Deletion: nothing of the object remains, and what begins under its id has nothing of it. */
abstract class DeleteContract extends ContractTest {
  private static final EntryKey META = EntryKey.of(EntryKind.META, new byte[] {1});
  private static final EntryKey PAGE = EntryKey.of(EntryKind.PAGE, new byte[] {0, 0, 0, 1});

  /** More than any store deletes one by one. */
  private static final int MANY = 3_000;

  /** An object with entries of all kinds, a past, two incarnations, a pin, and an alarm. */
  private TestObject filled(String name) {
    TestObject object = open(name);
    object.put("old", "0").put(PAGE, "page").commit();
    clock.advanceSeconds(1);
    object.clear().put("k", "1").put(PAGE, "page").put(META, "meta").commit();
    clock.advanceSeconds(1);
    object
        .put("k", "2")
        .put(META, "changed")
        .alarm(START.plusSeconds(60))
        .pin(object.generation(), START.plus(Duration.ofDays(7)))
        .commit();
    return object;
  }

  private TestObject large(String name) {
    TestObject object = filled(name);
    for (int round = 0; round < 2; round++) {
      clock.advanceSeconds(1);
      Draft draft = object.draft();
      for (int i = 0; i < MANY; i++) {
        draft.put("key-" + i, "value " + round);
      }
      draft.commit();
    }
    return object;
  }

  private Commit deletion(TestObject object) {
    return Commit.delete(
        object.opening(), object.seq() + 1, object.generation().advancedTo(clock.second()));
  }

  private void delete(TestObject object) {
    object.submit(CommitGroup.of(deletion(object))).awaitDurable();
  }

  private void assertGone(String name, List<Generation> past) {
    OpenedObject found = found(name);
    assertThat(found.seq()).isZero();
    assertThat(found.entries()).isEmpty();
    assertThat(found.whole()).isTrue();
    assertThat(found.bytes()).isZero();
    assertThat(found.alarm()).isEqualTo(AlarmTime.NEVER);
    assertThat(all(name)).isEmpty();
    for (Generation end : past) {
      assertThat(all(name, View.endOf(end))).as("at %s", end).isEmpty();
      assertThat(get(name, "k", end)).as("at %s", end).isNull();
      assertThat(get(name, "old", end)).as("at %s", end).isNull();
    }
    assertThat(store().directory().find(ref(name))).isNull();
    assertThat(store().directory().byName(NAMESPACE, name, null, 10)).isEmpty();
    assertThat(store().directory().byId(NAMESPACE, null, 10))
        .noneMatch(entry -> entry.id().equals(id(name)));
  }

  private List<Generation> past() {
    return List.of(
        Generation.ofSecond(START.getEpochSecond()),
        Generation.ofSecond(START.getEpochSecond() + 1),
        Generation.ofSecond(START.getEpochSecond() + 2),
        Generation.lastOfSecond(START.getEpochSecond() + 3));
  }

  @Test
  void nothing_of_it_remains() throws Exception {
    delete(filled("a"));

    assertGone("a", past());
    assertThat(store().nextAlarm()).isEmpty();
    assertThat(store().dueAlarms(10)).isEmpty();
    reopen();
    assertGone("a", past());
    assertThat(store().nextAlarm()).isEmpty();
    PruneReport report = store().prune(1_000);
    assertThat(report.examined()).isZero();
  }

  @Test
  void nothing_of_a_large_one_remains() throws Exception {
    delete(large("a"));

    assertGone("a", past());
    reopen();
    assertGone("a", past());
    assertThat(store().prune(10 * MANY).examined()).isZero();
  }

  @Test
  void its_neighbours_are_as_they_were() throws Exception {
    TestObject kept = filled("kept");
    open(new ObjectRef("Other", id("a")), "a").put("k", "other").commit();
    // Beside it in the order of ids, on both sides.
    byte[] before = id("a").bytes();
    before[31]--;
    byte[] after = id("a").bytes();
    after[31]++;
    ObjectRef below = new ObjectRef(NAMESPACE, ObjectId.of(before, null));
    ObjectRef above = new ObjectRef(NAMESPACE, ObjectId.of(after, null));
    open(below, null).put("k", "below").commit();
    open(above, null).put("k", "above").commit();
    delete(large("a"));
    reopen();

    assertThat(texts("kept")).containsEntry("k", "2");
    assertThat(get("kept", "old", Generation.ofSecond(START.getEpochSecond()))).isEqualTo("0");
    assertThat(found("kept").seq()).isEqualTo(kept.seq());
    assertThat(store().nextAlarm()).contains(START.plusSeconds(60));
    assertThat(text(store().get(below, EntryKey.user("k"), View.current()))).isEqualTo("below");
    assertThat(text(store().get(above, EntryKey.user("k"), View.current()))).isEqualTo("above");
    assertThat(
            text(store().get(new ObjectRef("Other", id("a")), EntryKey.user("k"), View.current())))
        .isEqualTo("other");
  }

  @Test
  void what_begins_under_its_id_has_nothing_of_it() throws Exception {
    delete(large("a"));
    TestObject second = open("a");
    second.put("new", "1").commit();

    assertThat(second.seq()).isEqualTo(1);
    assertThat(texts("a")).containsOnlyKeys("new");
    assertThat(found("a").alarm()).isEqualTo(AlarmTime.NEVER);
    assertThat(store().directory().find(ref("a")))
        .returns(clock.second(), entry -> entry.created().getEpochSecond())
        .returns("new".length() + 2L, entry -> entry.bytes());
    past().forEach(end -> assertThat(all("a", View.endOf(end))).as("at %s", end).isEmpty());
    reopen();
    assertThat(texts("a")).containsOnlyKeys("new");
    past().forEach(end -> assertThat(all("a", View.endOf(end))).as("at %s", end).isEmpty());
  }

  @Test
  void what_begins_in_the_same_second_begins_in_a_later_generation() throws Exception {
    TestObject first = open("a");
    first.put("k", "1").commit();
    Commit deletion = deletion(first);
    first.submit(CommitGroup.of(deletion)).awaitDurable();

    assertThat(found("a").generation()).isGreaterThan(deletion.generation());
    assertThat(found("b").generation()).isGreaterThan(deletion.generation());
    reopen();
    TestObject second = open("a");
    assertThat(second.generation()).isGreaterThan(deletion.generation());
    second.put("k", "2").commit();
    assertThat(get("a", "k", deletion.generation())).isNull();
    clock.advanceSeconds(1);
    assertThat(open("b").put("k", "3").build().generation())
        .isEqualTo(Generation.ofSecond(clock.second()));
  }

  @Test
  void one_that_is_dated_far_in_the_future_does_not_date_others() {
    TestObject ahead = open("a");
    Generation future = Generation.ofSecond(clock.second() + 1_000_000);
    ahead.draft().generation(future).put("k", "1").commit();
    ahead.submit(CommitGroup.of(Commit.delete(ahead.opening(), 2, future))).awaitDurable();

    assertThat(open("b").put("k", "1").build().generation())
        .isEqualTo(Generation.ofSecond(clock.second()));
  }

  /** Deletes an object whose last generation is of a second so far ahead of the clock. */
  private void deleteAhead(String name, long seconds) {
    TestObject ahead = open(name);
    Generation future = Generation.ofSecond(clock.second() + seconds);
    ahead.draft().generation(future).put("k", "1").commit();
    ahead.submit(CommitGroup.of(Commit.delete(ahead.opening(), 2, future))).awaitDurable();
  }

  /** Deletes an object that was written now, and tells its last generation. */
  private Generation deleteNow(String name) {
    TestObject object = open(name);
    object.put("k", "1").commit();
    delete(object);
    return object.generation();
  }

  @Test
  void one_that_is_dated_far_in_the_future_does_not_hide_those_of_the_present() throws Exception {
    deleteAhead("future", 1_000);
    Generation second = deleteNow("a");
    assertThat(found("a").generation()).isGreaterThan(second);
    reopen();
    assertThat(found("a").generation()).isGreaterThan(second);
    deleteAhead("future", 2_000);
    assertThat(found("a").generation()).isGreaterThan(second);

    clock.advanceSeconds(1);
    Generation third = deleteNow("a");
    assertThat(found("a").generation()).isGreaterThan(third);
  }

  @Test
  void when_the_clock_is_set_back_a_little_what_begins_begins_later_all_the_same()
      throws Exception {
    clock.advanceSeconds(30);
    Generation last = deleteNow("a");
    clock.advanceSeconds(-30);
    reopen();

    TestObject next = open("a");
    assertThat(next.generation()).isGreaterThan(last);
    next.put("k", "2").commit();
    assertThat(get("a", "k", last)).isNull();
    next.release();
    Generation second = next.generation();
    delete(open("a"));
    assertThat(found("a").generation()).isGreaterThan(second);
    clock.advanceSeconds(60);
    assertThat(open("b").put("k", "3").build().generation())
        .isEqualTo(Generation.ofSecond(clock.second()));
  }

  @Test
  void when_the_clock_went_ahead_and_back_what_begins_begins_later_all_the_same() {
    clock.advanceSeconds(1_000);
    deleteNow("a");
    clock.advanceSeconds(-1_000);
    Generation present = deleteNow("a");

    assertThat(found("a").generation()).isGreaterThan(present);
    assertThat(open("b").put("k", "1").build().generation().second()).isEqualTo(clock.second());
  }

  @Test
  void one_that_was_dated_in_the_future_counts_when_its_time_has_come() throws Exception {
    deleteAhead("a", 1_000);
    Generation future = Generation.ofSecond(clock.second() + 1_000);
    deleteNow("b");
    reopen();
    clock.advanceSeconds(1_000);

    assertThat(found("a").generation()).isGreaterThan(future);
  }

  @Test
  void a_generation_before_it_is_refused() {
    TestObject first = open("a");
    first.put("k", "1").commit();
    delete(first);
    TestObject second = open("a");

    Completion early = second.draft().generation(first.generation()).put("k", "2").submit();
    early.awaitNotApplied();
    assertThat(found("a").seq()).isZero();
  }

  @Test
  void a_late_commit_through_its_opening_is_refused() {
    TestObject first = filled("a");
    delete(first);

    for (long seq : List.of(1L, first.seq() + 1, first.seq() + 2)) {
      Completion late = first.draft().seq(seq).put("k", "late").submit();
      assertThat(late.await())
          .get()
          .extracting(StorageException::getMessage)
          .asString()
          .contains("deleted");
    }
    Completion again =
        first.submit(CommitGroup.of(Commit.delete(first.opening(), 1, first.generation())));
    again.awaitNotApplied();
    assertGone("a", past());
  }

  @Test
  void a_late_commit_of_an_opening_before_it_is_refused() {
    TestObject first = filled("a");
    TestObject second = open("a");
    delete(second);
    TestObject third = open("a");
    third.put("k", "new").commit();

    first.put("k", "late").submit().awaitNotApplied();
    second.put("k", "late").submit().awaitNotApplied();
    assertThat(texts("a")).containsExactly(entry("k", "new"));
  }

  @Test
  void a_deletion_through_an_opening_that_is_not_the_latest_is_refused() {
    TestObject first = filled("a");
    open("a");

    first.submit(CommitGroup.of(deletion(first))).awaitNotApplied();
    assertThat(texts("a")).containsEntry("k", "2");
  }

  @Test
  void a_deletion_with_a_wrong_seq_is_refused() {
    TestObject object = filled("a");

    object
        .submit(CommitGroup.of(Commit.delete(object.opening(), object.seq(), object.generation())))
        .awaitNotApplied();
    assertThat(texts("a")).containsEntry("k", "2");
  }

  @Test
  void deleting_what_does_not_exist_does_nothing() throws Exception {
    TestObject nothing = open("a");
    delete(nothing);
    nothing.put("k", "late").submit().awaitNotApplied();

    assertGone("a", past());
    open("a").put("k", "1").commit();
    assertThat(texts("a")).containsOnlyKeys("k");
  }

  @Test
  void it_comes_after_commits_that_were_submitted_before_it() {
    for (int round = 0; round < 50; round++) {
      TestObject object = open("a");
      Completion last = object.put("k", "1").submit();
      for (int i = 0; i < 5; i++) {
        last = object.put("k" + i, "1").submit();
      }
      object.submit(CommitGroup.of(deletion(object))).awaitDurable();
      last.awaitDurable();
      assertGone("a", past());
    }
  }

  @Test
  void it_is_applied_with_its_group_or_not_at_all() {
    TestObject a = filled("a");
    TestObject b = open("b");
    Completion refused =
        a.submit(new CommitGroup(List.of(deletion(a), b.draft().seq(7).put("k", "1").build())));
    refused.awaitNotApplied();
    assertThat(texts("a")).containsEntry("k", "2");

    TestObject again = open("a");
    TestObject other = open("b");
    again
        .submit(new CommitGroup(List.of(other.put("k", "1").build(), deletion(again))))
        .awaitDurable();
    assertGone("a", past());
    assertThat(texts("b")).containsOnlyKeys("k");
  }

  @Test
  void a_group_that_deletes_an_object_has_no_other_commit_of_it() {
    TestObject object = open("a");
    Commit put = object.put("k", "1").build();
    Commit delete = Commit.delete(object.opening(), 2, put.generation());

    assertThatThrownBy(() -> new CommitGroup(List.of(put, delete)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a is deleted in a group");
  }

  @Test
  void a_name_is_free_again_and_others_keep_theirs() {
    filled("room-1");
    delete(filled("room-2"));
    filled("room-3");

    assertThat(store().directory().byName(NAMESPACE, "room-", null, 10))
        .extracting(entry -> entry.id().name().orElseThrow())
        .containsExactly("room-1", "room-3");
    open("room-2").put("k", "1").commit();
    assertThat(store().directory().byName(NAMESPACE, "room-", null, 10)).hasSize(3);
  }

  /** What a step of pruning has seen of one life must not be taken from the next. */
  @Test
  void pruning_beside_it_takes_nothing_of_what_begins_after_it() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> pruning =
          threads.submit(
              () -> {
                while (!done.get()) {
                  store().prune(10 * MANY);
                }
              });
      try {
        for (int round = 0; round < 15; round++) {
          TestObject object = open("a");
          Draft draft = object.draft();
          for (int i = 0; i < 2 * MANY; i++) {
            draft.put("k" + i, "v" + round);
          }
          draft.commit();
          object.clear().put("other", "1").commit();
          // So far that all of the first incarnation may go, which takes a step some time.
          clock.advance(Duration.ofDays(60));
          delete(object);
          TestObject next = open("a");
          Draft again = next.draft();
          for (int i = 0; i < 40; i++) {
            again.put("k" + i, "w" + round);
          }
          again.commit();
          for (int look = 0; look < 50; look++) {
            assertThat(texts("a")).hasSize(40).containsEntry("k0", "w" + round);
          }
          delete(next);
        }
      } finally {
        done.set(true);
      }
      pruning.get();
    }
  }
}
