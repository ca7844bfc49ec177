// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.StorageException;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.NodeClock.Scheduled;
import dev.holdfast.engine.gate.EntryGate;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happens between an activation that is over and the next one, which stands in the table
 * already, its gate held. Thread-safe.
 *
 * <p>Calls made through one stub must reach the object in the order in which they were made, also
 * if some of them have to be tried again. So nobody is let in before it is known of everybody what
 * became of him, and then this holds:
 *
 * <blockquote>
 * Before the next activation wait, in the order in which they first reached the object, all calls
 * that reached it and are neither answered nor applied.
 * </blockquote>
 *
 * <p>Those are the calls that had not begun; those that had begun and were taken {@linkplain
 * #takeBack back} because it is known that nothing of them was applied; and those that came
 * meanwhile. What is to be awaited is no more than the commits that the store already has: it tells
 * of each of them, or {@link #enforceDurability} gives them up.
 *
 * <p>The pause before the next attempt is one of the object, not of a call: otherwise a later call
 * would overtake the one that pauses. The first attempt follows at once, so that one refusal costs
 * nobody anything.
 */
final class Handover {
  /** How often a call that is known not to have been applied is tried in all. */
  static final int MAX_ATTEMPTS = 5;

  /** The pause before the third attempt; before each further one it is four times as long. */
  private static final long FIRST_PAUSE_NANOS = 20_000_000;

  private final Activation successor;
  private final @Nullable CommitPipeline commits;

  // Guarded by this.
  private int attempts;
  private @Nullable Scheduled pause;

  private Handover(Activation successor, @Nullable CommitPipeline commits) {
    this.successor = successor;
    this.commits = commits;
  }

  /**
   * Puts the next activation in the place of one that ends.
   *
   * @param waiting who goes to it
   * @param commits of {@code before}; null if it never had any
   */
  static Handover begin(Activation before, List<Event> waiting, @Nullable CommitPipeline commits) {
    EntryGate held = new EntryGate(before.gate(), waiting);
    Activation successor = new Activation(before.table(), before.object(), held);
    waiting.forEach(event -> event.bind(successor));
    Handover handover = new Handover(successor, commits);
    successor.handingOver(handover);
    before.table().replace(before, successor);
    before.table().sweeper().touched(successor);
    return handover;
  }

  /** How long an object rests before calls are tried for the {@code attempt}th time. */
  static long pauseNanos(int attempt) {
    return attempt < 3 ? 0 : FIRST_PAUSE_NANOS << (2 * (attempt - 3));
  }

  /**
   * Takes a call back.
   *
   * @param again its next attempt
   * @param earlier the attempt of which nothing was applied
   * @return false if it is too late, and the call must be answered
   */
  boolean takeBack(CallEvent again, CallEvent earlier) {
    again.bind(successor);
    synchronized (this) {
      attempts = Math.max(attempts, again.attempt());
    }
    if (!successor.gate().takeBack(again, earlier)) {
      return false;
    }
    successor.table().exclusiveWaits().queued(again, successor);
    return true;
  }

  /** Nobody comes back any more: after the pause the next activation lets in who waits. */
  void complete() {
    NodeClock clock = successor.table().clock();
    synchronized (this) {
      long rest = pauseNanos(attempts);
      if (rest > 0) {
        pause = clock.after(Duration.ofNanos(rest), this::open);
        return;
      }
    }
    open();
  }

  /** Cuts the pause short. */
  void hurry() {
    Scheduled resting;
    synchronized (this) {
      resting = pause;
    }
    if (resting != null && resting.cancel()) {
      open();
    }
  }

  private void open() {
    successor.handingOver(null);
    successor.gate().start();
    // There may be nobody who needs it.
    SleepEvent.enterIfUnused(successor);
  }

  /** Gives up commits that are pending for longer than {@code limitNanos}. */
  void enforceDurability(long now, long limitNanos) {
    StorageException silence = commits == null ? null : commits.silence(now, limitNanos);
    if (commits != null && silence != null) {
      commits.giveUp(silence);
    }
  }
}
