// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Commit;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** Draws commits: few keys, so that they are overwritten, deleted and cleared often. */
final class RandomHistory {
  private static final List<EntryKey> KEYS =
      List.of(
          EntryKey.user(""),
          EntryKey.user("a"),
          EntryKey.user("a\0"),
          EntryKey.user("ab"),
          EntryKey.of(EntryKind.USER, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1}),
          EntryKey.of(EntryKind.PAGE, new byte[] {0, 0, 0, 0}),
          EntryKey.of(EntryKind.PAGE, new byte[] {0, 0, 0, 1}),
          EntryKey.of(EntryKind.ALARM, new byte[] {'x'}),
          EntryKey.of(EntryKind.META, new byte[0]),
          EntryKey.of(EntryKind.META, new byte[] {1}));

  private final RandomGenerator random;
  private final TestClock clock;
  private long lastValue;

  RandomHistory(RandomGenerator random, TestClock clock) {
    this.random = random;
    this.clock = clock;
  }

  EntryKey key() {
    return KEYS.get(random.nextInt(KEYS.size()));
  }

  /** The object's next commit; it may begin a generation and pin the one before it. */
  Draft next(TestObject object, long seq, Generation last) {
    Generation generation = last.advancedTo(clock.second());
    boolean pins = !last.equals(Generation.NONE) && chance(8);
    if (generation.equals(last) && (pins || chance(10))) {
      generation = last.next();
    }
    Draft draft = new Draft(object, seq, generation);
    if (pins) {
      draft.pin(last, clock.instant().plusSeconds(random.nextInt(4000)));
    }
    if (chance(4)) {
      draft.clear();
    }
    if (chance(10)) {
      draft.alarm(chance(30) ? AlarmTime.NEVER : AlarmTime.at(clock.instant().plus(upToAnHour())));
    }
    return change(draft);
  }

  /** The object's deletion; it may begin a generation. */
  Commit deletion(TestObject object, long seq, Generation last) {
    Generation generation = last.advancedTo(clock.second());
    return Commit.delete(object.opening(), seq, chance(50) ? generation : generation.next());
  }

  private Draft change(Draft draft) {
    for (EntryKey key : KEYS) {
      if (chance(70)) {
        continue;
      }
      if (chance(30)) {
        draft.delete(key);
      } else {
        draft.put(key, "v" + ++lastValue);
      }
    }
    return draft;
  }

  Duration upToAnHour() {
    return Duration.ofMillis(random.nextInt(3_600_000));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }
}
