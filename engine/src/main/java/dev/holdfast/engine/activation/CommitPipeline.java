// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.engine.gate.OutputGate;
import dev.holdfast.engine.gate.Receipt;
import dev.holdfast.engine.history.LastChange;
import dev.holdfast.engine.history.Moments;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.SealedTurn;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes commits of turns: numbers them, dates them, hands them to the store, and attaches what the
 * turn issued behind them. Object thread only.
 */
final class CommitPipeline implements Moments {
  private final Opening opening;
  private final ObjectState state;
  private final ObjectStore store;
  private final NodeClock clock;
  private final OutputGate gate;
  private Generation generation;

  /**
   * That of the last commit that changed more than what is kept about the object, once known; none
   * if none did.
   */
  private @Nullable Generation changed;

  /** That of the next commit is not before it. */
  private Generation next = Generation.NONE;

  private long seq;

  CommitPipeline(
      OpenedObject opened,
      ObjectState state,
      ObjectStore store,
      NodeClock clock,
      Consumer<StorageException> onFailure) {
    this.opening = opened.opening();
    this.state = state;
    this.clock = clock;
    this.seq = opened.seq();
    this.generation = opened.generation();
    this.store = store;
    this.gate = new OutputGate(store, seq, onFailure);
  }

  /** The seq of the next commit. */
  long nextSeq() {
    return seq + 1;
  }

  /** Whether everything sealed so far is durable. Any thread. */
  boolean idle() {
    return gate.idle();
  }

  Opening opening() {
    return opening;
  }

  /** Ends the turn of {@code event}, or the part of it so far. */
  void seal(Event event) {
    if (state.nothingToSeal()) {
      return;
    }
    SealedTurn turn = state.seal(seq + 1);
    if (turn.writes()) {
      seq++;
      generation = nextGeneration();
      List<Change> changes = turn.changes();
      Generation before = changed;
      if (LastChange.isIn(turn)) {
        changed = generation;
      } else if (before != null) {
        changes = LastChange.noted(changes, seq, before);
        state.added(changes.getLast());
      }
      gate.submit(
          new Commit(opening, seq, generation, turn.clear(), changes, null, turn.pins()),
          clock.nanoTime(),
          event::commits);
      state.durable(gate.durableSeq());
    }
    for (Output output : turn.outputs()) {
      event.sends(gate.awaited());
      gate.release(output);
    }
  }

  private Generation nextGeneration() {
    Generation now = generation.advancedTo(clock.now().getEpochSecond());
    return now.compareTo(next) < 0 ? next : now;
  }

  @Override
  public Generation last() {
    Generation known = changed;
    if (known == null) {
      known = LastChange.before(store, opening.object(), seq, generation);
      changed = known;
    }
    return known;
  }

  @Override
  public void endOf(Generation last) {
    Generation after = last.next();
    next = after.compareTo(next) < 0 ? next : after;
  }

  @Override
  public Generation skip() {
    Generation _ = last(); // which the commit notes
    Generation skipped = nextGeneration();
    if (skipped.equals(generation)) {
      skipped = skipped.next();
    }
    endOf(skipped);
    return skipped;
  }

  /**
   * What is to be said if the store does not tell of a commit for longer than {@code limitNanos};
   * null if it does. Any thread.
   */
  @Nullable StorageException silence(long now, long limitNanos) {
    return now - gate.oldestUntoldNanos(now) <= limitNanos
        ? null
        : new StorageException(
            "%s: the store did not confirm a commit within %d s (limits.wall-ms); look at the disk"
                .formatted(opening.object(), TimeUnit.NANOSECONDS.toSeconds(limitNanos)),
            Outcome.UNKNOWN,
            true,
            null);
  }

  /** Drops what waits for commits of which the store says nothing. Any thread. */
  void giveUp(StorageException why) {
    gate.giveUp(why);
  }

  /** The last commit so far: what is released now waits for it, and falls with it. */
  Receipt awaited() {
    return gate.awaited();
  }

  /** Lets {@code output} go once all that was sealed so far is durable. */
  void release(Output output) {
    gate.release(output);
  }
}
