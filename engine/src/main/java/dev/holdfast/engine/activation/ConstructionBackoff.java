// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.ObjectId;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.store.ObjectRef;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps objects whose constructor fails again and again from being constructed for every event. The
 * first failure costs nothing; from the second on the pauses double from 100 ms to 10 s, and events
 * that come meanwhile fail at once. Thread-safe.
 */
final class ConstructionBackoff {
  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

  /** Beyond this many failing objects all is forgotten: they are merely tried more often. */
  private static final int MAX_OBJECTS = 10_000;

  private record Failure(int count, long retryAtNanos, Throwable cause) {}

  private final ConcurrentMap<ObjectId, Failure> failures = new ConcurrentHashMap<>();
  private final NodeClock clock;

  ConstructionBackoff(NodeClock clock) {
    this.clock = clock;
  }

  /** Throws if the object is to be left alone for now. */
  void check(ObjectRef object) throws ConstructionFailed {
    Failure failure = failures.get(object.id());
    if (failure == null) {
      return;
    }
    long wait = failure.retryAtNanos - clock.nanoTime();
    if (wait > 0) {
      ObjectUnavailableException unavailable =
          new ObjectUnavailableException(
              "%s: its constructor failed %d times in a row, the last time with %s; it is tried again in %d ms"
                  .formatted(
                      object, failure.count, failure.cause, Duration.ofNanos(wait).toMillis() + 1),
              failure.cause);
      throw new ConstructionFailed(unavailable, unavailable);
    }
  }

  /** Notes a failure of the constructor that ran for {@code event}. */
  ConstructionFailed failed(ObjectRef object, Throwable thrown, Event event) {
    note(object, thrown);
    Throwable answer = thrown instanceof Error ? event.resetBy(thrown) : event.translate(thrown);
    return new ConstructionFailed(thrown, answer);
  }

  /** Notes that a constructor did not return because its activation was ended. */
  void note(ObjectRef object, Throwable thrown) {
    if (failures.size() >= MAX_OBJECTS) {
      failures.clear();
    }
    failures.compute(object.id(), (id, earlier) -> after(earlier, thrown));
  }

  private Failure after(@Nullable Failure earlier, Throwable thrown) {
    int count = earlier == null ? 1 : earlier.count + 1;
    long pause =
        count == 1
            ? 0
            : Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(20, count - 2));
    return new Failure(count, clock.nanoTime() + pause, thrown);
  }

  /** The constructor returned. */
  void succeeded(ObjectRef object) {
    if (!failures.isEmpty()) {
      failures.remove(object.id());
    }
  }
}
