// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.Entrant;
import dev.holdfast.engine.gate.EntryGate;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.engine.state.ObjectState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an activation, which went to sleep, whose object was deleted or restored, or which is
 * discarded. It happens in three steps:
 *
 * <ol>
 *   <li>{@link #closeGate}, as one step for everybody else: the gate closes, and the next
 *       activation, its gate held, is in the table with those who had not started; or nothing is,
 *       if none can be needed: the object sleeps or is gone, nobody waits, and all that it let out
 *       has left.
 *   <li>Those who had started are answered, and those who are suspended are woken, so that they
 *       find out. If a commit failed, this waits until the store has told of those behind it:
 *       before, it is not known whether they were applied.
 *   <li>When all commits are settled, nobody can come back any more, and the {@link Handover} is
 *       complete.
 * </ol>
 *
 * <p>Nobody can stop the thread that runs object code. What it still computes reaches nobody: its
 * event is answered already, and every later platform call of it throws {@link ActivationGone}. It
 * is counted as left over until it {@linkplain #left leaves}.
 */
final class Ending {
  private static final Logger log = LoggerFactory.getLogger(Ending.class);

  private final Activation activation;
  private final ActivationTable table;
  private final Throwable cause;

  /** Those who had started, the running one first. */
  private final Set<Event> inside = new LinkedHashSet<>();

  private List<Event> sleepers = List.of();

  /** Those who had not started and do not go to the next activation. */
  private List<Event> refused = List.of();

  /** Those who had not started and go to the next activation. */
  private List<Event> heirs = List.of();

  /** What the activation itself had set in motion and that had not started: it ends with it. */
  private final List<Event> own = new ArrayList<>();

  /** Whether a constructor that is ended by this counts as failed. */
  private final boolean blamesConstructor;

  private @Nullable CommitPipeline commits;
  private @Nullable CriticalSection section;
  private @Nullable Handover handover;

  /**
   * The event that ran when the activation ended: its thread may still be within the state. Set
   * under the gate's lock, which that thread takes before it asks.
   */
  private @Nullable Event lastInside;

  /** An end because of {@code cause}. */
  Ending(Activation activation, Throwable cause) {
    this(activation, cause, false);
  }

  private Ending(Activation activation, Throwable cause, boolean blamesConstructor) {
    this.activation = activation;
    this.table = activation.table();
    this.cause = cause;
    this.blamesConstructor = blamesConstructor;
  }

  /** An end because the activation goes to sleep. */
  static Throwable sleep() {
    return new Asleep();
  }

  /**
   * An end because something was done to the object without its code, by the event that ran last.
   *
   * @param what was done: "the object was deleted"
   */
  static Throwable intervened(String what) {
    return new Intervened(what);
  }

  /** Discards an activation, for example because a limit was passed. */
  static void discard(Activation activation, Throwable cause) {
    activation.end(new Ending(activation, cause, true), () -> true, null, null);
  }

  /**
   * Discards an activation because of what one of its events does, if it still does it: what was
   * seen a moment ago may have ended, and what goes on now is innocent.
   *
   * @param reason whether it still does, asked under the gate's lock
   */
  static void discardIf(
      Activation activation, Event culprit, Throwable cause, BooleanSupplier reason) {
    Ending ending = new Ending(activation, cause, true);
    BooleanSupplier blaming =
        () -> {
          boolean still = reason.getAsBoolean();
          if (still) {
            ending.blame(culprit);
          }
          return still;
        };
    activation.end(ending, blaming, null, null);
  }

  /** Notes that this is what {@code culprit} brought about, unless the store did by failing. */
  void blame(Event culprit) {
    if (!(cause instanceof StorageException)) {
      culprit.blame();
    }
  }

  /** Discards an activation at the wish of its own code; what is returned ends that code. */
  static Error abort(Activation activation, Event event, Throwable cause, Throwable answer) {
    activation.end(new Ending(activation, cause, true), () -> true, event, answer);
    return activation.gone();
  }

  /** What every platform call throws from now on. */
  Error gone() {
    return new ActivationGone(
        "%s: this activation is over (%s); nothing it does has an effect any more"
            .formatted(activation, cause.getMessage()),
        cause);
  }

  /** What futures of calls fail with that the activation made: no answer enters it any more. */
  ObjectResetException lostCall() {
    return new ObjectResetException(
        "%s: this activation is over (%s); answers of calls that it made are lost, and what follows them does not run"
            .formatted(activation, cause.getMessage()),
        Outcome.UNKNOWN,
        cause);
  }

  /** The way to the next activation; null if there is none. */
  @Nullable Handover handover() {
    return handover;
  }

  /** Whether the activation went to sleep. */
  boolean asleep() {
    return cause instanceof Asleep;
  }

  private boolean intervened() {
    return cause instanceof Intervened;
  }

  /**
   * Closes the gate and puts the next activation in place. The activation's lock is held.
   *
   * @param suspended who waits for something other than the object's storage
   * @param pipeline its commits; null if the object was not opened so far
   * @param reason whether it is to end at all
   * @param first run if it is, before anybody sees that the gate is closed
   */
  boolean closeGate(
      List<Event> suspended,
      @Nullable CommitPipeline pipeline,
      BooleanSupplier reason,
      Runnable first) {
    sleepers = suspended;
    commits = pipeline;
    return activation
        .gate()
        .close(
            reason,
            (running, waiting) -> {
              first.run();
              closed(running, waiting);
            });
  }

  private void closed(@Nullable Entrant running, List<Entrant> waiting) {
    table.unsettled().incrementAndGet();
    ObjectState state = activation.openedState();
    if (asleep() && state != null) {
      state.sleeps(); // before the next activation may begin
    }
    section = activation.gate().section();
    Construction unfinished = blamesConstructor ? activation.construction() : null;
    if (unfinished != null) {
      unfinished.note(cause);
    }
    if (running instanceof Event event && !intervened()) {
      lastInside = event;
      if (!asleep()) {
        inside.add(event);
      }
    }
    inside.addAll(sleepers);
    inside.forEach(Event::markLeftOver);
    table.leftOverThreads().add(inside.size());
    List<Event> calls = new ArrayList<>();
    for (Entrant entrant : waiting) {
      if (entrant instanceof CallEvent call) {
        calls.add(call);
      } else if (entrant instanceof Event event) {
        own.add(event);
      }
    }
    if (table.stopped()) {
      refused = calls;
      table.remove(activation);
    } else if ((asleep() || intervened())
        && calls.isEmpty()
        && (commits == null || commits.idle())) {
      table.remove(activation);
    } else if (commits == null && cause instanceof StorageException) {
      // The object could not be opened: for all who wait that was one attempt.
      refused = calls;
      handover = Handover.begin(activation, List.of(), null);
    } else {
      heirs = calls;
      handover = Handover.begin(activation, heirs, commits);
    }
  }

  /** Goes on after the gate was closed, and the one who is to blame was answered. */
  void proceed() {
    if (intervened()) {
      log.info("{}: activation ended: {}", activation, cause.getMessage());
    } else if (!asleep()) {
      log.warn("{}: activation discarded: {}", activation, cause.toString());
    }
    table.exclusiveWaits().forgetAll(section);
    heirs.forEach(event -> table.exclusiveWaits().queued(event, event.activation()));
    activation.endWhatIsOutside();
    if (commits != null) {
      table.store().release(commits.opening());
    }
    if (lastInside == null) {
      releaseState();
    } else if (!asleep()) {
      interruptSql();
    }
    boolean tellLater = cause instanceof StorageException;
    if (!tellLater) {
      tell();
    }
    Settled settled = new Settled(() -> settled(tellLater));
    if (commits == null) {
      settled.leave();
    } else {
      commits.release(settled);
    }
  }

  private void settled(boolean tellNow) {
    if (tellNow) {
      tell();
    }
    activation.settleSockets();
    table.unsettled().decrementAndGet();
    if (handover != null) {
      handover.complete();
    }
  }

  private void tell() {
    refused.forEach(this::refuse);
    inside.forEach(
        event -> {
          if (!hadNotBegun(event)) {
            event.discarded(cause);
          }
        });
    own.forEach(event -> event.neverRan(cause));
    sleepers.forEach(EntryGate::notifyClosed);
  }

  /** A thread was to run the event, but had not begun: it is as if there had been none. */
  private boolean hadNotBegun(Event event) {
    if (event instanceof OwnEvent && event.tryStart()) {
      event.neverRan(cause);
      return true;
    }
    if (handover != null && event instanceof CallEvent call && call.tryStart()) {
      call.goesOnIn(handover, cause);
      return true;
    }
    return false;
  }

  private void refuse(Event event) {
    if (cause instanceof StorageException storage && !table.stopped()) {
      event.refused(storage);
    } else if (event.tryStart()) {
      event.answer(null, ActivationTable.stopping(activation.object()));
    }
  }

  /** A thread has left the activation after its end. */
  void left(Event event) {
    if (event.leftOver()) {
      table.leftOverThreads().decrement();
    }
    if (event == lastInside) {
      releaseState();
    }
  }

  /** Gives the memory back; whoever does it is the last who could touch the state. */
  private void releaseState() {
    ObjectState state = activation.openedState();
    if (state != null) {
      state.release(asleep());
    }
  }

  /** Stops what the object's code has SQLite do, as nothing comes of it any more. */
  private void interruptSql() {
    ObjectState state = activation.openedState();
    if (state != null) {
      state.interrupt();
    }
  }

  /** Stands behind everything that waits for the commits. */
  private record Settled(Runnable action) implements Output {
    @Override
    public void leave() {
      action.run();
    }

    @Override
    public void drop(StorageException failure) {
      action.run();
    }
  }

  /** Says that an activation is over because it sleeps. */
  private static final class Asleep extends Exception {
    private static final long serialVersionUID = 1L;

    Asleep() {
      super("it went to sleep", null, false, false);
    }
  }

  /** Says that what an activation knows of its object is out of date. */
  private static final class Intervened extends Exception {
    private static final long serialVersionUID = 1L;

    Intervened(String what) {
      super(what, null, false, false);
    }
  }
}
