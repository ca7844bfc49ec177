// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.CallTimeoutException;
import dev.holdfast.Outcome;
import dev.holdfast.SleepReason;
import dev.holdfast.StorageException;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.gate.Entrant;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after activations twice a second: enforces deadlines and the wall limit, and puts the idle
 * to sleep.
 *
 * <p>It never walks all activations. One that is touched joins the <em>watched</em>, which are
 * looked at in each sweep until they are found idle; the idle stand in line in the order in which
 * they became so, and only the head of the line is looked at. So a busy activation costs one flag
 * per event, an idle one nothing.
 */
final class Sweeper {
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
  private static final Duration PERIOD = Duration.ofMillis(500);

  private record Idle(Activation activation, long sinceSweep) {}

  private final NodeClock clock;
  private final EngineOptions.EventLimits limits;
  private final BooleanSupplier memoryShort;
  private final long idleSweeps;
  private final Queue<Activation> watched = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Idle> idleLine = new ArrayDeque<>();
  private volatile long sweep;
  private volatile boolean stopped;

  /**
   * A sweeper that begins at once.
   *
   * @param memoryShort whether idle activations should leave before their time
   */
  Sweeper(EngineOptions options, BooleanSupplier memoryShort) {
    this.clock = options.clock();
    this.limits = options.events();
    this.memoryShort = memoryShort;
    Duration idleAfter = options.memory().idleAfter();
    this.idleSweeps = idleAfter.isZero() ? 0 : Math.max(1, idleAfter.dividedBy(PERIOD));
    scheduleNext();
  }

  /** An event came to the activation. */
  void touched(Activation activation) {
    SweepMark mark = activation.sweepMark;
    mark.lastBusy = sweep;
    if (!mark.watched) {
      mark.watched = true;
      watched.add(activation);
    }
  }

  void stop() {
    stopped = true;
  }

  private void scheduleNext() {
    clock.after(PERIOD, this::sweepOnce);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the clock's thread sweeps
  private void sweepOnce() {
    if (stopped) {
      return;
    }
    try {
      sweep++;
      lookAtWatched();
      putIdleToSleep();
    } catch (RuntimeException e) {
      log.error("a sweep over the activations failed; the next one goes on", e);
    } finally {
      scheduleNext();
    }
  }

  private void lookAtWatched() {
    long now = clock.nanoTime();
    for (int i = watched.size(); i > 0; i--) {
      Activation activation = watched.poll();
      if (activation == null) {
        return;
      }
      if (activation.isOver()) {
        continue;
      }
      enforceLimits(activation, now);
      if (!activation.isIdle()) {
        activation.sweepMark.lastBusy = sweep;
        watched.add(activation);
        continue;
      }
      activation.sweepMark.watched = false;
      if (activation.isIdle()) {
        standInLine(activation);
      } else {
        touched(activation);
      }
    }
  }

  private void standInLine(Activation activation) {
    SweepMark mark = activation.sweepMark;
    if (idleSweeps > 0 && !mark.inIdleLine) {
      mark.inIdleLine = true;
      idleLine.add(new Idle(activation, mark.lastBusy));
    }
  }

  private void putIdleToSleep() {
    boolean shortOfMemory = memoryShort.getAsBoolean();
    for (int i = idleLine.size(); i > 0; i--) {
      Idle idle = idleLine.element();
      boolean due = sweep - idle.sinceSweep >= idleSweeps;
      if (!due && !shortOfMemory) {
        return;
      }
      idleLine.remove();
      Activation activation = idle.activation;
      SweepMark mark = activation.sweepMark;
      mark.inIdleLine = false;
      if (activation.isOver() || mark.watched) {
        continue;
      }
      if (mark.lastBusy > idle.sinceSweep) {
        standInLine(activation);
      } else if (!SleepEvent.enter(activation, due ? SleepReason.IDLE : SleepReason.MEMORY)) {
        touched(activation);
      }
      if (shortOfMemory) {
        shortOfMemory = memoryShort.getAsBoolean();
      }
    }
  }

  private void enforceLimits(Activation activation, long now) {
    enforceDurability(activation, now);
    for (Entrant late : activation.gate().withdraw(entrant -> late((Event) entrant, now))) {
      Event event = (Event) late;
      if (!event.tryStart()) {
        continue;
      }
      event.answer(
          null,
          new CallTimeoutException(
              "%s: %s waited for its turn until its deadline passed"
                  .formatted(activation.object(), event),
              Outcome.NOT_APPLIED));
    }
    for (Event event : activation.suspensions().events()) {
      enforceDeadline(activation, event, now);
      enforceSectionLimit(activation, event, now);
    }
    if (activation.gate().running() instanceof Event event) {
      enforceDeadline(activation, event, now);
      enforceSectionLimit(activation, event, now);
      enforceWallLimit(activation, event, now);
    }
  }

  private void enforceDurability(Activation activation, long now) {
    CommitPipeline commits = activation.commits();
    StorageException silence =
        commits == null ? null : commits.silence(now, limits.wallLimit().toNanos());
    if (commits != null && silence != null) {
      activation.end(silence, null, null);
      commits.giveUp(silence);
    }
    Handover waiting = activation.handover();
    if (waiting != null) {
      waiting.enforceDurability(now, limits.wallLimit().toNanos());
    }
  }

  private static boolean late(Event event, long now) {
    return event.deadlineNanos() != Event.NEVER && event.deadlineNanos() - now < 0;
  }

  private static void enforceDeadline(Activation activation, Event event, long now) {
    if (late(event, now) && !event.answered()) {
      event.answer(
          null,
          new CallTimeoutException(
              "%s: %s did not end before its deadline; it goes on without its caller"
                  .formatted(activation.object(), event),
              Outcome.UNKNOWN));
    }
  }

  private void enforceSectionLimit(Activation activation, Event event, long now) {
    long started = event.sectionStartedNanos();
    if (started != Event.NEVER && now - started > limits.wallLimit().toNanos()) {
      Ending.discardIf(
          activation,
          event,
          new LimitPassed(
              "a critical section of %s lasted longer than the wall limit of %s (limits.wall-ms), waits included"
                  .formatted(event, Seconds.of(limits.wallLimit()))),
          () -> event.sectionStartedNanos() == started);
    }
  }

  private void enforceWallLimit(Activation activation, Event event, long now) {
    long started = event.turnStartedNanos();
    if (started == Event.NEVER) {
      return;
    }
    long held = now - started;
    if (held > limits.wallLimit().toNanos()) {
      Ending.discardIf(
          activation,
          event,
          new LimitPassed(
              "%s held the object longer than the wall limit of %s (limits.wall-ms)"
                  .formatted(event, Seconds.of(limits.wallLimit()))),
          () -> activation.gate().isRunning(event) && event.turnStartedNanos() == started);
    } else if (held > limits.slowAfter().toNanos()
        && activation.sweepMark.warnedTurnNanos != started) {
      activation.sweepMark.warnedTurnNanos = started;
      Thread thread = event.thread();
      LimitPassed where = new LimitPassed("where it is now");
      if (thread != null) {
        where.setStackTrace(thread.getStackTrace());
      }
      log.warn(
          "{}: {} holds the object for {} ms; nothing else can enter it{}",
          activation.object(),
          event,
          Duration.ofNanos(held).toMillis(),
          joinsForeignFuture(where)
              ? ", also not what completes the future that it waits for; use ctx.await(future) instead of join or get"
              : "",
          where);
    }
  }

  /** Futures of ours let others in, so that one who waits in a future waits in a foreign one. */
  private static boolean joinsForeignFuture(Throwable where) {
    return Arrays.stream(where.getStackTrace())
        .anyMatch(
            frame ->
                frame.getClassName().equals(CompletableFuture.class.getName())
                    && (frame.getMethodName().equals("join")
                        || frame.getMethodName().equals("get")));
  }
}
