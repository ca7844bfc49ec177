// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random commits, groups, clears, deletions, refusals, openings and reopenings under a clock that
 * goes on, while history is pruned, compared with a naive model: the present always, and of the
 * past every moment that is retained or pinned.
 */
abstract class RandomHistoryContract extends ContractTest {
  private static final boolean THOROUGH = Boolean.getBoolean("holdfast.thorough");
  private static final int SEEDS = THOROUGH ? 12 : 4;
  private static final int STEPS = THOROUGH ? 3000 : 800;
  private static final int STEPS_BETWEEN_CHECKS = 40;
  private static final List<String> NAMES = List.of("a", "b", "c");

  private final Map<String, ObjectModel> models = new LinkedHashMap<>();
  private final Map<String, TestObject> opened = new LinkedHashMap<>();
  private RandomHistory history = new RandomHistory(new Random(0), clock);

  @Override
  Retention retention() {
    return new Retention(Duration.ofSeconds(20), Duration.ofMinutes(10), Duration.ofHours(4));
  }

  static LongStream seeds() {
    Long replayed = Long.getLong("holdfast.seed");
    return replayed != null ? LongStream.of(replayed) : new Random().longs(SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_view_agrees_with_the_model_while_steps_of_pruning_come_in_between(long seed)
      throws Exception {
    replayable(seed, () -> run(seed, true));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_view_agrees_with_the_model_while_another_thread_prunes(long seed) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> pruning =
          threads.submit(
              () -> {
                while (!done.get()) {
                  store().prune(20);
                }
              });
      try {
        replayable(seed, () -> run(seed, false));
      } finally {
        done.set(true);
      }
      pruning.get();
    }
  }

  private interface Body {
    void run() throws Exception;
  }

  private static void replayable(long seed, Body body) throws Exception {
    try {
      body.run();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + "; replay it with -Dholdfast.seed=" + seed, e);
    }
  }

  private void run(long seed, boolean alone) throws Exception {
    history = new RandomHistory(new Random(seed), clock);
    for (String name : NAMES) {
      models.put(name, new ObjectModel());
      openAgain(name);
    }
    for (int step = 1; step <= STEPS; step++) {
      if (history.chance(2)) {
        delete();
      } else {
        write();
      }
      passTime();
      if (alone) {
        pruneAndReopen();
      }
      if (step % STEPS_BETWEEN_CHECKS == 0) {
        check();
      }
    }
  }

  private void pruneAndReopen() throws Exception {
    if (history.chance(40)) {
      store().prune(1 + history.below(60));
    }
    if (history.below(200) == 0) {
      reopen();
      NAMES.forEach(this::openAgain);
    }
  }

  private void passTime() {
    if (history.chance(40)) {
      clock.advanceSeconds(1 + history.below(3));
    } else if (history.chance(5)) {
      clock.advance(Duration.ofMillis(history.below(90_000)));
    } else if (history.chance(1)) {
      clock.advance(history.upToAnHour());
    }
  }

  /** Submits a group of up to four commits of random objects; sometimes one of them is wrong. */
  private void write() {
    Map<String, ObjectModel> written = new LinkedHashMap<>();
    List<Commit> commits = new ArrayList<>();
    boolean wrong = history.chance(3);
    int size = history.chance(70) ? 1 : 1 + history.below(4);
    for (int i = 0; i < size; i++) {
      String name = NAMES.get(history.below(NAMES.size()));
      Commit last = last(commits, name);
      long seq = last == null ? model(name).seq() : last.seq();
      Generation generation = last == null ? model(name).generation() : last.generation();
      boolean skips = wrong && i == size - 1;
      Draft draft = history.next(object(name), seq + (skips ? 2 : 1), generation);
      commits.add(draft.build());
      written.put(name, model(name));
    }
    Completion completion = new Completion();
    store().submit(new CommitGroup(commits), completion);
    if (wrong) {
      completion.awaitNotApplied();
      written.keySet().forEach(this::openAgain);
    } else {
      completion.awaitDurable();
      commits.forEach(commit -> written.forEach((name, model) -> applyIf(commit, name, model)));
    }
    if (history.chance(3)) {
      openAgain(NAMES.get(history.below(NAMES.size())));
    }
  }

  /** Deletes a random object, perhaps in one group with a commit of another. */
  private void delete() {
    String name = NAMES.get(history.below(NAMES.size()));
    Commit deletion =
        history.deletion(object(name), model(name).seq() + 1, model(name).generation());
    List<Commit> commits = new ArrayList<>(List.of(deletion));
    String other = NAMES.get(history.below(NAMES.size()));
    if (!other.equals(name)) {
      ObjectModel model = model(other);
      Commit commit = history.next(object(other), model.seq() + 1, model.generation()).build();
      commits.add(history.below(2), commit);
    }
    Completion completion = new Completion();
    store().submit(new CommitGroup(commits), completion);
    completion.awaitDurable();
    for (Commit commit : commits) {
      if (!commit.delete()) {
        applyIf(commit, other, model(other));
      }
    }
    Generation last = deletion.generation();
    boolean existed = model(name).seq() > 0;
    Generation first = store().open(ref(name), name).generation();
    if (existed) {
      assertThat(first).isGreaterThan(last);
    }
    models.put(name, new ObjectModel(first));
    openAgain(name);
  }

  private static void applyIf(Commit commit, String name, ObjectModel model) {
    if (commit.object().equals(ref(name))) {
      model.apply(commit);
    }
  }

  private static @Nullable Commit last(List<Commit> commits, String name) {
    return commits.reversed().stream()
        .filter(commit -> commit.object().equals(ref(name)))
        .findFirst()
        .orElse(null);
  }

  private ObjectModel model(String name) {
    return Objects.requireNonNull(models.get(name));
  }

  private TestObject object(String name) {
    return Objects.requireNonNull(opened.get(name));
  }

  private void openAgain(String name) {
    TestObject object = open(name);
    OpenedObject found = object.opened();
    ObjectModel model = model(name);
    assertThat(found.seq()).isEqualTo(model.seq());
    if (model.seq() > 0) {
      assertThat(found.generation()).isEqualTo(model.generation());
    } else {
      // It may begin later still, since others were deleted meanwhile.
      assertThat(found.generation()).isGreaterThanOrEqualTo(model.generation());
      models.put(name, new ObjectModel(found.generation()));
    }
    assertThat(found.bytes()).isEqualTo(model.bytes());
    assertThat(found.alarm()).isEqualTo(model.alarm());
    assertThat(found.name()).isEqualTo(name);
    assertThat(found.whole()).isTrue();
    assertThat(byKey(found.entries())).isEqualTo(model.at(View.current()));
    opened.put(name, object);
  }

  private static SequencedMap<EntryKey, String> byKey(List<Entry> entries) {
    SequencedMap<EntryKey, String> byKey = new LinkedHashMap<>();
    entries.forEach(entry -> byKey.put(entry.key(), String.valueOf(text(entry.value()))));
    return byKey;
  }

  private void check() {
    for (String name : NAMES) {
      check(name, View.current());
      retained(model(name)).forEach(end -> check(name, View.endOf(end)));
    }
    checkAlarms();
    checkDirectory();
  }

  /** The last generations of every retained moment, and the pinned ones. */
  private Collection<Generation> retained(ObjectModel model) {
    List<Generation> retained = new ArrayList<>();
    addMoments(retained, retention().seconds(), 1);
    addMoments(retained, retention().minutes(), 60);
    addMoments(retained, retention().hours(), 3600);
    model
        .pins()
        .forEach(
            (generation, until) -> {
              if (until.isAfter(clock.instant())) {
                retained.add(generation);
              }
            });
    return retained;
  }

  private void addMoments(List<Generation> retained, Duration window, long step) {
    long now = clock.second();
    for (long moment = now; moment >= now - window.toSeconds(); moment--) {
      if (moment % step == 0) {
        retained.add(Generation.lastOfSecond(moment - 1));
      }
    }
  }

  private void check(String name, View view) {
    NavigableMap<EntryKey, String> expected = model(name).at(view);
    ScanRange range =
        new ScanRange(
            FIRST, END, history.chance(50), 1 + history.below(12), 1 + history.below(200));
    SequencedMap<EntryKey, String> found = all(ref(name), view, range);
    assertThat(range.reverse() ? found.reversed() : found)
        .as("%s at %s", name, view)
        .containsExactlyEntriesOf(expected);
    EntryKey key = history.key();
    assertThat(text(store().get(ref(name), key, view)))
        .as("%s of %s at %s", key, name, view)
        .isEqualTo(expected.get(key));
  }

  private void checkAlarms() {
    List<DueAlarm> due = new ArrayList<>();
    List<Instant> times = new ArrayList<>();
    models.forEach(
        (name, model) -> {
          Instant at = model.alarm().at();
          if (at != null) {
            times.add(at);
            if (!at.isAfter(clock.instant())) {
              due.add(new DueAlarm(ref(name), at));
            }
          }
        });
    assertThat(store().nextAlarm()).isEqualTo(times.stream().min(Comparator.naturalOrder()));
    assertThat(store().dueAlarms(10))
        .containsExactlyInAnyOrderElementsOf(due)
        .isSortedAccordingTo(Comparator.comparing(DueAlarm::at));
  }

  private void checkDirectory() {
    List<DirectoryEntry> expected = new ArrayList<>();
    models.forEach(
        (name, model) -> {
          if (model.seq() > 0) {
            expected.add(
                new DirectoryEntry(
                    id(name),
                    model.created(),
                    Instant.ofEpochSecond(model.generation().second()),
                    model.bytes()));
          }
        });
    assertThat(store().directory().byName(NAMESPACE, "", null, 10))
        .containsExactlyElementsOf(expected);
    assertThat(store().directory().byId(NAMESPACE, null, 10))
        .containsExactlyInAnyOrderElementsOf(expected);
  }
}
