// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.KeyRange;
import dev.holdfast.Storage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Storage against a model, through random turns, transactions, rollbacks, removals of everything,
 * commits that are held back, new activations and crashes.
 *
 * <p>The seed of a failing run is in the test's name; it replays the run as far as the store's
 * thread does not matter, and that matters only for when memory is given back.
 */
final class KeyValueStorageModelTest {
  private static final int STEPS = 400;
  private static final int SAMPLE = 60;
  private static final int THOROUGH = 4_000;

  static LongStream seeds() {
    return Boolean.getBoolean("holdfast.thorough")
        ? LongStream.range(0, THOROUGH)
        : new Random().longs(SAMPLE);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void storage_holds_what_the_model_holds(long seed) {
    new Run(seed).run();
  }

  /** Ends a transaction from within. */
  private static final class GiveUp extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class Run {
    private static final List<String> HEADS =
        List.of("", "a", "ab", "b", "\u00e9", "\uffff", "\ud83d\ude00", "\ue000z");

    private final Random random;
    private final StateRig rig;
    private final KeyValueModel model = new KeyValueModel();
    private final int tails;
    private int values;
    private boolean held;

    Run(long seed) {
      random = new Random(seed);
      // From objects that are always whole to ones of which hardly anything fits in memory.
      tails = random.nextBoolean() ? 4 : 60;
      long cached = random.nextBoolean() ? 1 << 20 : 400 + random.nextInt(20_000);
      rig = new StateRig(new StateLimits(2_048, 2 << 20, 64 << 20, 64 << 20, cached));
    }

    private Storage storage() {
      return rig.storage();
    }

    void run() {
      try (rig) {
        for (int step = 0; step < STEPS; step++) {
          if (chance(6)) {
            betweenTurns();
          } else {
            operation(0);
          }
        }
        checkAll();
        rig.reactivate();
        checkAll();
        held = false;
      }
    }

    private boolean chance(int oneIn) {
      return random.nextInt(oneIn) == 0;
    }

    private String key() {
      return HEADS.get(random.nextInt(HEADS.size())) + random.nextInt(tails);
    }

    private String value() {
      return "v" + values++ + "x".repeat(random.nextInt(chance(10) ? 2_000 : 40));
    }

    private List<String> keys(int most) {
      List<String> keys = new ArrayList<>();
      for (int i = random.nextInt(most); i >= 0; i--) {
        keys.add(key());
      }
      return keys;
    }

    private KeyRange range() {
      KeyRange range =
          chance(2) ? KeyRange.prefix(HEADS.get(random.nextInt(HEADS.size()))) : KeyRange.all();
      if (chance(3)) {
        range = chance(2) ? range.from(key()) : range.after(key());
      }
      if (chance(3)) {
        range = range.until(key());
      }
      if (chance(2)) {
        range = range.reverse();
      }
      if (chance(3)) {
        range = range.limit(1 + random.nextInt(chance(2) ? 5 : 300));
      }
      return range;
    }

    // ------------------------------------------------------------ within a turn

    private void operation(int depth) {
      switch (random.nextInt(16)) {
        case 0, 1, 2 -> {
          String key = key();
          String value = value();
          storage().put(key, value);
          model.now().put(key, value);
        }
        case 3 -> putAll(chance(5) ? 300 : 10);
        case 4, 5 -> {
          String key = key();
          assertThat(storage().delete(key)).isEqualTo(model.now().remove(key) != null);
        }
        case 6 -> {
          List<String> keys = keys(chance(5) ? 200 : 5);
          long existing = keys.stream().distinct().filter(model.now()::containsKey).count();
          assertThat(storage().delete(keys)).isEqualTo((int) existing);
          model.now().keySet().removeAll(keys);
        }
        case 7, 8 -> {
          String key = key();
          assertThat(storage().get(key, String.class).orElse("none"))
              .isEqualTo(model.now().getOrDefault(key, "none"));
        }
        case 9 -> getAll();
        case 10, 11 -> {
          KeyRange range = range();
          assertThat(new ArrayList<>(storage().list(String.class, range).entrySet()))
              .as("list of %s", range)
              .isEqualTo(new ArrayList<>(model.list(range).entrySet()));
        }
        case 12 -> scan();
        case 13 -> {
          String value = value();
          String last =
              model.list(KeyRange.prefix("log:").reverse().limit(1)).keySet().stream()
                  .findFirst()
                  .orElse("");
          String key = storage().append("log:", value);
          assertThat(model.now().put(key, value)).isNull();
          assertThat(key).isGreaterThan(last);
        }
        case 14 -> {
          if (depth < 3) {
            transaction(depth);
          }
        }
        case 15 -> {
          if (depth == 0 && chance(4)) {
            storage().deleteAll();
            model.now().clear();
          } else if (depth == 0 && !held) {
            storage().sync();
            model.committed(rig.seq());
          }
        }
        default -> throw new AssertionError();
      }
    }

    private void putAll(int most) {
      Map<String, String> entries = new HashMap<>();
      keys(most).forEach(key -> entries.put(key, value()));
      storage().putAll(entries);
      model.now().putAll(entries);
    }

    private void getAll() {
      List<String> keys = keys(20);
      Map<String, String> expected = new LinkedHashMap<>();
      keys.stream()
          .filter(model.now()::containsKey)
          .sorted(KeyValueModel.ORDER)
          .forEach(key -> expected.put(key, model.now().get(key)));
      assertThat(new ArrayList<>(storage().getAll(keys, String.class).entrySet()))
          .isEqualTo(new ArrayList<>(expected.entrySet()));
    }

    /** A scan with writes in between must give, at each step, what is next now. */
    private void scan() {
      KeyRange range = range();
      Iterator<Map.Entry<String, String>> scan = storage().scan(String.class, range).iterator();
      boolean writing = chance(2);
      int given = 0;
      String last = null;
      while (given < range.limit()) {
        if (writing && chance(3)) {
          write(last);
        }
        Map.Entry<String, String> next = next(range, last);
        assertThat(scan.hasNext()).as("%s after %s has more", range, last).isEqualTo(next != null);
        if (next == null) {
          return;
        }
        assertThat(scan.next()).as("%s after %s", range, last).isEqualTo(next);
        last = next.getKey();
        given++;
      }
      assertThat(scan.hasNext()).isFalse();
    }

    private void write(@Nullable String visited) {
      String key = visited == null || chance(2) ? key() : visited;
      if (chance(2)) {
        storage().delete(key);
        model.now().remove(key);
      } else {
        String value = value();
        storage().put(key, value);
        model.now().put(key, value);
      }
    }

    private Map.@Nullable Entry<String, String> next(KeyRange range, @Nullable String after) {
      var ahead =
          after == null
              ? model.now()
              : range.reversed()
                  ? model.now().headMap(after, false)
                  : model.now().tailMap(after, false);
      for (Map.Entry<String, String> entry :
          (range.reversed() ? ahead.descendingMap() : ahead).entrySet()) {
        if (KeyValueModel.contains(range, entry.getKey())) {
          return Map.entry(entry.getKey(), entry.getValue());
        }
      }
      return null;
    }

    private void transaction(int depth) {
      model.begin();
      try {
        storage()
            .transaction(
                () -> {
                  for (int i = random.nextInt(8); i > 0; i--) {
                    operation(depth + 1);
                    if (chance(8)) {
                      storage().rollback();
                      model.back();
                    }
                  }
                  if (chance(3)) {
                    throw new GiveUp();
                  }
                });
      } catch (GiveUp e) {
        model.back();
      }
      model.keep();
    }

    // ------------------------------------------------------------ between turns

    private void betweenTurns() {
      rig.endTurn();
      model.committed(rig.seq());
      switch (random.nextInt(10)) {
        case 0, 1 -> {
          held = true;
          rig.store().gate().hold();
        }
        case 2, 3 -> {
          held = false;
          rig.store().gate().release();
        }
        case 4, 5 -> {
          if (held && rig.store().gate().submitted() > rig.store().gate().applied()) {
            rig.store().gate().releaseOne();
          }
        }
        case 6 -> {
          if (!held) {
            rig.awaitDurable();
          }
        }
        case 7 -> {
          rig.reactivate();
          held = false;
        }
        case 8 -> {
          if (chance(3)) {
            crash();
          }
        }
        default -> checkAll();
      }
    }

    private void crash() {
      rig.crash();
      held = false;
      model.crashedAfter(rig.seq());
      checkAll();
    }

    private void checkAll() {
      List<Map.Entry<String, String>> expected = new ArrayList<>(model.now().entrySet());
      assertThat(new ArrayList<>(storage().list(String.class, KeyRange.all()).entrySet()))
          .isEqualTo(expected);
      Collections.reverse(expected);
      assertThat(storage().scan(String.class, KeyRange.all().reverse()).toList())
          .isEqualTo(expected);
    }
  }
}
