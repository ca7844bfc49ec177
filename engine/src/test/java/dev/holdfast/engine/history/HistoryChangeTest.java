// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectId;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Retention;
import dev.holdfast.store.View;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator does to an object that nobody uses leaves what is promised of its history. */
class HistoryChangeTest {
  private final Written object = new Written();

  @AfterEach
  void close() {
    object.close();
  }

  private HistoryChange change(ObjectStore store) {
    return new HistoryChange(store, object.object, object::now);
  }

  private Bookmark keep(Generation end) {
    return change(object.store).keep(end);
  }

  private KeptStates states() {
    return new KeptStates(object.store, object.object, object.now());
  }

  private Generation present() {
    return Generation.lastOfSecond(object.now().getEpochSecond());
  }

  @Test
  void the_present_is_kept_by_one_bookmark_however_often_it_is_asked_for() {
    object.put("k", "1");
    List<Bookmark> kept = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      object.pass(Duration.ofSeconds(1));
      kept.add(keep(present()));
    }
    assertThat(kept).containsOnly(kept.getFirst());
    assertThat(states().handedOut()).hasSize(1);
  }

  @Test
  void a_bookmark_that_is_kept_again_is_kept_for_the_full_time() {
    object.put("k", "1");
    object.pass(Duration.ofSeconds(1));
    Bookmark kept = keep(present());
    Generation end = states().at(kept);
    object.pass(Duration.ofDays(6));
    keep(end);
    object.pass(Duration.ofDays(2));
    assertThat(states().at(kept)).isEqualTo(end);
  }

  /** The store, with something that happens right before an object is opened. */
  private ObjectStore before(Runnable opening) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("open")) {
                opening.run();
              }
              try {
                return method.invoke(object.store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Hands out so many bookmarks, all of one state, as going back and forth does. */
  private void handOut(int first, int count, Generation end) {
    for (int i = first; i < first + count; i++) {
      Generation name = new Generation(Generation.ofSecond(1).packed() + i);
      object.note(
          MetaKeys.bookmark(name), new HandedOut(Bookmarks.until(object.now()), end).encode(name));
    }
  }

  /** Writes one state, and another a second later; the bookmark is of the first. */
  private Generation oneThenTwo() {
    object.put("k", "1");
    Generation first = object.bookmark();
    object.pass(Duration.ofSeconds(1));
    object.put("k", "2");
    return first;
  }

  private HistoryChange unopened() {
    return change(
        before(
            () -> {
              throw new AssertionError("it is opened");
            }));
  }

  @Test
  void an_object_with_as_many_bookmarks_as_it_may_have_is_not_opened_to_refuse_one_more() {
    Generation first = oneThenTwo();
    handOut(0, 999, first);
    object.pass(Duration.ofSeconds(1));

    assertThatThrownBy(() -> unopened().restore(first))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("1000 bookmarks");
    assertThatThrownBy(() -> unopened().keep(present())).isInstanceOf(LimitExceededException.class);
    assertThat(object.read(View.current())).hasToString("{k=2}");
  }

  @Test
  void one_more_than_all_but_one_is_handed_out() {
    Generation first = oneThenTwo();
    handOut(0, 998, first);
    object.pass(Duration.ofSeconds(1));
    Generation moment = Generation.lastOfSecond(object.now().getEpochSecond() - 2);

    Bookmark undo = change(object.store).restore(moment);

    assertThat(object.read(View.current())).hasToString("{k=1}");
    assertThat(states().bookmarks()).hasSize(1_000);
    assertThat(object.read(View.endOf(states().at(undo)))).hasToString("{k=2}");
    object.pass(Duration.ofDays(6));
    object.prune();
    assertThat(object.read(View.endOf(states().at(undo)))).hasToString("{k=2}");
  }

  @Test
  void a_state_that_has_a_bookmark_is_kept_on_however_many_there_are() {
    object.put("k", "1");
    Generation first = object.bookmark();
    handOut(0, 998, first);
    Bookmark present = keep(present());
    object.pass(Duration.ofDays(6));

    keep(first);
    assertThat(keep(present())).isEqualTo(present);

    object.pass(Duration.ofDays(6));
    assertThat(states().bookmarks()).containsOnlyKeys(first, new Generation(present.moment()));
  }

  @Test
  void a_bookmark_whose_moment_has_not_come_counts() {
    Generation first = oneThenTwo();
    handOut(0, 998, first);
    handOut(998, 1, Generation.NONE);

    assertThatThrownBy(() -> unopened().restore(first)).isInstanceOf(LimitExceededException.class);
    handOut(998, 1, first);
    assertThatThrownBy(() -> unopened().restore(first)).isInstanceOf(LimitExceededException.class);
  }

  @Test
  void what_an_object_is_to_go_back_to_is_kept_by_a_bookmark_of_its_own() {
    Generation first = oneThenTwo();
    Generation second = object.bookmark();
    handOut(0, 997, first);
    Generation undo = new Generation(second.packed() + 1);
    Instant until = Bookmarks.until(object.now());
    object.note(MetaKeys.bookmark(undo), new HandedOut(until, Generation.NONE).encode(undo));
    object.note(
        MetaKeys.REWRITE,
        new RewriteMark(object.object.id(), first, until, undo, first, null).encode());
    object.pass(Duration.ofSeconds(1));
    assertThat(states().bookmarks()).hasSize(1_000);

    assertThatThrownBy(() -> unopened().keep(present())).isInstanceOf(LimitExceededException.class);
    assertThat(object.read(View.current())).as("nothing was changed").hasToString("{k=2}");
    assertThat(keep(second).moment()).isEqualTo(second.packed());
    assertThat(object.read(View.current())).hasToString("{k=1}");
  }

  @Test
  void a_time_whose_second_goes_within_a_minute_counts_as_the_minute_before() {
    object.put("k", "1");
    object.pass(Duration.ofSeconds(90));
    object.put("k", "2");
    object.pass(Duration.ofMinutes(60).minusSeconds(30));

    Generation end = states().at(object.now().minus(Duration.ofMinutes(60).minusSeconds(30)));
    change(object.store).restore(end);

    assertThat(object.read(View.current())).hasToString("{k=1}");
  }

  @Test
  void a_moment_that_is_about_to_go_is_refused_or_restored_but_never_half_of_it() {
    object.put("k", "1");
    Generation end = RetainedMoments.endOf(object.now().getEpochSecond() + 1);
    object.pass(Duration.ofSeconds(1));
    object.put("k", "2");
    object.pass(Duration.ofHours(1));
    assertThat(states().isKept(end)).isTrue();
    ObjectStore slow =
        before(
            () -> {
              object.pass(Duration.ofSeconds(1));
              object.prune();
            });
    try {
      change(slow).restore(end);
      assertThat(object.read(View.current())).hasToString("{k=1}");
    } catch (IllegalArgumentException refused) {
      assertThat(object.read(View.current())).hasToString("{k=2}");
    }
  }

  /** The object is to become empty, which takes so long that a moment goes. */
  @Test
  void a_moment_that_goes_while_the_object_goes_back_before_is_not_taken_for_another_state() {
    object.put("k", "1");
    Generation end = RetainedMoments.endOf(object.now().getEpochSecond() + 1);
    object.pass(Duration.ofSeconds(1));
    object.put("k", "2");
    Generation undo = new Generation(object.last().packed() + 1);
    Instant until = Bookmarks.until(object.now());
    object.note(MetaKeys.bookmark(undo), new HandedOut(until, Generation.NONE).encode(undo));
    object.note(
        MetaKeys.REWRITE,
        new RewriteMark(object.object.id(), Generation.NONE, until, undo, Generation.NONE, null)
            .encode());
    object.pass(Duration.ofMinutes(58));
    AtomicInteger openings = new AtomicInteger();
    ObjectStore slow =
        before(
            () -> {
              if (openings.incrementAndGet() == 2) {
                object.pass(Duration.ofMinutes(5));
                object.prune();
              }
            });

    assertThatThrownBy(() -> change(slow).keep(end))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not kept");
    assertThat(states().bookmarks()).as("but the one that undoes").containsOnlyKeys(undo);
    Generation before = states().at(Bookmark.of(undo.packed(), object.object.id()));
    assertThat(object.read(View.endOf(before))).hasToString("{k=2}");
  }

  @Test
  void half_a_fork_whose_source_was_deleted_does_not_exist_again() {
    object.put("k", "1");
    byte[] other = new byte[ObjectId.BYTES];
    other[0] = 1;
    Generation then = Generation.ofSecond(object.now().getEpochSecond() - 1);
    RewriteMark half =
        new RewriteMark(
            ObjectId.of(other, null),
            then,
            object.now().plus(Duration.ofDays(7)),
            Generation.NONE,
            then,
            EntryKey.first(EntryKind.USER));
    object.note(MetaKeys.REWRITE, half.encode());
    object.pass(Duration.ofSeconds(1));
    assertThatThrownBy(() -> change(object.store).restore(present()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not exist");
    assertThat(object.store.lastCommit(object.object)).isNull();
  }

  @Test
  void a_state_that_goes_within_a_minute_is_refused_as_what_it_is() {
    object.put("k", "1");
    object.pass(Duration.ofSeconds(1));
    Generation going = Generation.lastOfSecond(object.now().getEpochSecond() - 1);
    object.put("k", "2");
    object.pass(Duration.ofMinutes(59).plusSeconds(30));
    assertThatThrownBy(() -> unopened().keep(going))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("within a minute")
        .hasMessageContaining("full minutes");
    assertThatThrownBy(() -> unopened().restore(going)).hasMessageContaining("within a minute");
  }

  @Test
  void the_present_does_not_go_however_short_a_past_is_kept() {
    try (Written brief =
        new Written(new Retention(Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO))) {
      brief.put("k", "1");
      brief.pass(Duration.ofSeconds(7));
      Generation present = Generation.lastOfSecond(brief.now().getEpochSecond());
      Bookmark kept = new HistoryChange(brief.store, brief.object, brief::now).keep(present);
      KeptStates states = new KeptStates(brief.store, brief.object, brief.now());
      assertThat(brief.read(View.endOf(states.at(kept)))).hasToString("{k=1}");
    }
  }
}
