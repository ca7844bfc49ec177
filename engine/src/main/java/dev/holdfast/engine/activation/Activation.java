// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.SleepReason;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.EntryGate;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The live instance of one object, with the gates around it.
 *
 * <h2>Life</h2>
 *
 * <pre>
 *   new ──first event──► constructing ──► live ──► over
 *                              └──────────────────► over
 * </pre>
 *
 * It is <em>over</em> when it went to sleep or was discarded. That happens once, as {@link Ending}
 * says. Nobody can see a closed gate before the next activation is in place.
 *
 * <p>Events come in by {@link Arrival}, run by {@link Execution}, and wait in {@link Suspensions}.
 * The first of them opens the object by {@link Construction}. What the object's code sees is the
 * {@link ActivationContext}. This class has what they share, and the decisions that exclude the
 * end.
 *
 * <h2>Who touches what</h2>
 *
 * The instance, its state and its pipeline belong to the thread of the event that holds the baton;
 * the baton's hand-over orders their accesses. This object's lock is for the decisions that exclude
 * the end: that a turn is sealed, that something is sent, and that an event waits.
 */
final class Activation implements Turns {
  private final ActivationTable table;
  private final EntryGate gate;
  private ObjectRef object;

  // Object thread only, from construction on.
  private @Nullable DurableObject instance;
  private volatile @Nullable ObjectState state;
  private @Nullable ActivationContext context;
  private @Nullable CommitPipeline pipeline;
  private volatile @Nullable Construction construction;
  private long turn;

  private final Suspensions suspensions = new Suspensions(this);
  private volatile @Nullable KeepAwake keepAwake;
  private volatile @Nullable OpenCalls openCalls;
  private volatile @Nullable ActivationSockets sockets;
  private volatile @Nullable Ending over;

  /** What the sweeper notes about this activation. */
  final SweepMark sweepMark = new SweepMark();

  private volatile @Nullable Handover handover;

  Activation(ActivationTable table, ObjectRef object, EntryGate gate) {
    this.table = table;
    this.object = object;
    this.gate = gate;
  }

  /** How it is to begin after another one; null if it has begun, or there was none. */
  @Nullable Handover handover() {
    return handover;
  }

  /** A hand-over to it begins, or is complete if {@code now} is null. */
  void handingOver(@Nullable Handover now) {
    handover = now;
  }

  /** How it ends, or has ended; null if it does not. */
  @Nullable Ending ending() {
    return over;
  }

  ObjectRef object() {
    return object;
  }

  ActivationTable table() {
    return table;
  }

  EntryGate gate() {
    return gate;
  }

  /** Those who wait for something other than the object's storage. */
  Suspensions suspensions() {
    return suspensions;
  }

  // ---------------------------------------------------------------- the baton

  /** Runs an event that was given the baton on a thread of its own. */
  void startThread(Event event) {
    table.startThread(() -> Execution.run(this, event));
  }

  /**
   * The last thing that the thread of an event does here. A thread that was found inside when the
   * activation ended comes by too, sooner or later.
   */
  void left(Event event) {
    event.letGo(null);
    turn++;
    gate.leave(event);
    Ending ending = over;
    if (ending != null) {
      ending.left(event);
    }
  }

  /** Hands the baton on: the event's turn has ended. */
  void handOn(Event event) {
    turn++;
    event.turnEnded();
    gate.suspend(event);
  }

  CriticalSection openSection(Event event, long nanos) {
    event.sectionOpened(nanos);
    return gate.open(event);
  }

  void closeSection(Event event, CriticalSection section) {
    gate.close(section);
    table.exclusiveWaits().forget(section);
    event.sectionClosed();
  }

  // ---------------------------------------------------------------- construction

  /**
   * Makes the opened state this activation's. If that is over meanwhile the opening must not stay
   * the latest: the next activation's may have come before it.
   */
  synchronized void takeOver(OpenedObject opened) {
    if (over != null) {
      table.store().release(opened.opening());
      throw gone();
    }
    if (opened.name() != null && object.id().name().isEmpty()) {
      object = table.named(object, opened.name());
    }
    ObjectState made =
        new ObjectState(opened, table.store(), table.stateLimits(), table.cache(), this);
    state = made;
    context = new ActivationContext(this, made);
    pipeline =
        new CommitPipeline(
            opened, made, table.store(), table.clock(), failure -> end(failure, null, null));
  }

  /** The constructor begins. */
  void constructing(Construction now) {
    construction = now;
  }

  /** The constructor has returned. */
  void constructed(DurableObject made) {
    instance = made;
    construction = null;
  }

  /** The construction that is going on; null if none is. */
  @Nullable Construction construction() {
    return construction;
  }

  // ---------------------------------------------------------------- turns

  /**
   * Ends the turn of {@code event}. Whoever ends the activation at the same time either comes
   * first, and nothing is committed, or finds the commit counted, and knows that it may be applied.
   */
  void seal(Event event) {
    state().endTurn();
    if (state().nothingToSeal()) {
      return;
    }
    mayCommit(event);
    pipeline().seal(event);
    event.sealed();
  }

  /**
   * The running event is about to commit. Whoever ends the activation at the same time either comes
   * first, and nothing is committed, or knows that it may be.
   */
  synchronized void mayCommit(Event event) {
    if (over != null) {
      throw gone();
    }
    event.sealing();
  }

  /** Waits until all that was sealed so far is durable and has left, if anything was. */
  void awaitLeft() {
    CommitPipeline commits = pipeline;
    if (commits != null) {
      DurabilityWait.on(commits);
    }
    if (over != null) {
      throw gone();
    }
  }

  /**
   * The running event is about to let something out. Whoever ends the activation at the same time
   * either comes first, and nothing leaves, or knows of it.
   */
  synchronized void sends(Event event) {
    if (over != null) {
      throw gone();
    }
    event.sends(pipeline().awaited());
  }

  @Override
  public void checkThread() {
    runningEvent();
  }

  /** The event that the calling thread runs here; throws if it runs none. */
  Event runningEvent() {
    if (over != null) {
      throw gone();
    }
    Event event = CurrentEvent.get();
    if (event != null && runsHere(event)) {
      return event;
    }
    throw new IllegalStateException(
        "%s is used by a thread that does not run its code; use it within an event of the object"
            .formatted(object));
  }

  /** Whether the calling thread runs {@code event} here, also if this activation is over. */
  boolean runsHere(Event event) {
    return gate.isRunning(event) && event.runsOn(Thread.currentThread());
  }

  @Override
  public long turn() {
    return turn;
  }

  @Override
  public long nextSeq() {
    return pipeline().nextSeq();
  }

  @Override
  public void sync() {
    seal(runningEvent());
    awaitCommits();
  }

  @Override
  public void awaitCommits() {
    DurabilityWait.on(pipeline());
    if (over != null) {
      throw gone();
    }
  }

  // ---------------------------------------------------------------- the end

  /** Whether nothing goes on here: no event, no commit on its way, nothing that keeps it awake. */
  boolean isIdle() {
    return gate.idle() && quiet(SleepReason.IDLE);
  }

  /** The same, but for events that run or want to. */
  boolean quiet(SleepReason reason) {
    KeepAwake awake = keepAwake;
    return suspensions.isEmpty()
        && (pipeline == null || pipeline.idle())
        && (reason == SleepReason.SHUTDOWN || awake == null || !awake.active());
  }

  @Override
  public Error failed(StorageException failure) {
    Event event = runningEvent();
    return Ending.abort(this, event, failure, event.resetBy(failure));
  }

  /**
   * Ends the activation, once: hands those who wait to the next one, answers those who had started,
   * and wakes those who are suspended, so that they find out.
   *
   * @param cause why
   * @param culprit the running event that is the cause; null if none is
   * @param answer what {@code culprit} fails with; null if it was answered
   */
  void end(Throwable cause, @Nullable Event culprit, @Nullable Throwable answer) {
    end(new Ending(this, cause), () -> true, culprit, answer);
  }

  /**
   * The same, if there still is a reason to.
   *
   * @param reason asked under the gate's lock
   */
  void end(
      Ending ending, BooleanSupplier reason, @Nullable Event culprit, @Nullable Throwable answer) {
    synchronized (this) {
      // Set under this lock and that of the gate: whoever sees that closed sees this.
      Runnable setOver = () -> over = ending;
      if (over != null || !ending.closeGate(suspensions.events(), pipeline, reason, setOver)) {
        return;
      }
    }
    if (culprit != null && answer != null) {
      ending.blame(culprit);
      culprit.answer(null, answer);
    }
    ending.proceed();
  }

  /** Ends what it set in motion and what has not entered it so far: timers, answers of calls. */
  void endWhatIsOutside() {
    KeepAwake awake = keepAwake;
    if (awake != null) {
      awake.end();
    }
    OpenCalls calls = openCalls;
    if (calls != null) {
      calls.lose(lostCall());
    }
  }

  /** What futures of its calls fail with when it is over. */
  RuntimeException lostCall() {
    return Objects.requireNonNull(over).lostCall();
  }

  Error gone() {
    return Objects.requireNonNull(over).gone();
  }

  boolean isOver() {
    return over != null;
  }

  /** Its state; null if it was not opened so far. Any thread, for what any thread may do to it. */
  @Nullable ObjectState openedState() {
    return state;
  }

  /** Its commits; null if it was not opened so far. Any thread. */
  @Nullable CommitPipeline commits() {
    return pipeline;
  }

  // ---------------------------------------------------------------- parts

  /** The live instance; null until its constructor has returned. */
  @Nullable DurableObject instance() {
    return instance;
  }

  /** What its code sees of it. Object thread only. */
  ActivationContext context() {
    return Objects.requireNonNull(context, "the context is there from construction on");
  }

  ObjectState state() {
    return Objects.requireNonNull(state, "the state is there from construction on");
  }

  CommitPipeline pipeline() {
    return Objects.requireNonNull(pipeline, "the pipeline is there from construction on");
  }

  /** Keeps an output until the turn is sealed. */
  void issue(Output output) {
    checkThread();
    state().issue(output);
  }

  /** The calls that it made without waiting. The first time on the object's thread. */
  OpenCalls openCalls() {
    OpenCalls calls = openCalls;
    if (calls == null) {
      calls = new OpenCalls(this);
      openCalls = calls;
    }
    return calls;
  }

  /** The object's sockets. The first time on the object's thread. */
  ActivationSockets sockets() {
    ActivationSockets mine = sockets;
    return mine == null ? holdSockets() : mine;
  }

  /** Whoever ends the activation either comes first, or finds what is to be let go. */
  private synchronized ActivationSockets holdSockets() {
    checkThread();
    ActivationSockets mine = new ActivationSockets(this, table.sockets().hold(object, this));
    sockets = mine;
    return mine;
  }

  /** Nothing of it is on its way any more. */
  void settleSockets() {
    ActivationSockets mine = sockets;
    if (mine != null) {
      mine.settle();
    }
  }

  KeepAwake keepAwake() {
    KeepAwake awake = keepAwake;
    if (awake == null) {
      awake = new KeepAwake(table.clock());
      keepAwake = awake;
    }
    return awake;
  }

  @Override
  public String toString() {
    return object.toString();
  }
}
