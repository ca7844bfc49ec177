// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectId;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    return new HistoryChange(store, object.object, object.now());
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
}
