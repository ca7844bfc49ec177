// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.Outcome;
import dev.holdfast.SleepReason;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.Entrant;
import dev.holdfast.engine.gate.EntryGate;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.engine.state.KeyValueStorage;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * It is <em>over</em> when it went to sleep or was discarded. That happens in {@link #end}, once:
 * the entry gate closes, and in the same step those who had not started are handed to the next
 * activation, or the object leaves the table. Nobody can see a closed gate before that.
 *
 * <h2>Who touches what</h2>
 *
 * The instance, its state and its pipeline belong to the thread of the event that holds the baton;
 * the baton's hand-over orders their accesses. The set of suspended events is guarded by this,
 * since whoever discards the activation must wake them.
 *
 * <h2>Discarding</h2>
 *
 * Nobody can stop the thread that runs object code. So the activation is declared over, those who
 * wait for it are answered, and every later platform call of the left-over thread throws {@link
 * ActivationGone}. What it still computes reaches nobody: its event is answered already.
 */
final class Activation implements Turns {
  private static final Logger log = LoggerFactory.getLogger(Activation.class);

  private final ActivationTable table;
  private final EntryGate gate;
  private ObjectRef object;

  // Object thread only, from construction on.
  private @Nullable DurableObject instance;
  private @Nullable ObjectState state;
  private @Nullable KeyValueStorage storage;
  private @Nullable CommitPipeline pipeline;
  private volatile @Nullable CriticalSection construction;
  private long turn;

  private @Nullable Set<Event> suspended;
  private volatile @Nullable KeepAwake keepAwake;
  private volatile @Nullable Throwable over;

  /**
   * The event that ran when this activation ended: its thread may still be within the state. Set
   * under the gate's lock.
   */
  private @Nullable Event lastInside;

  /** What the sweeper notes about this activation. */
  final SweepMark sweepMark = new SweepMark();

  Activation(ActivationTable table, ObjectRef object, List<Entrant> inherited) {
    this.table = table;
    this.object = object;
    this.gate = new EntryGate(inherited);
    inherited.forEach(entrant -> ((Event) entrant).bind(this));
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

  // ---------------------------------------------------------------- entering

  /**
   * Takes an event in.
   *
   * @param inline whether it may run on the calling thread if the gate is free
   * @return false if this activation is over and another one must take it
   */
  boolean accept(Event event, boolean inline) {
    event.bind(this);
    if (construction != null
        && event instanceof CallEvent
        && CallChain.sectionOf(event.chain(), gate) != null) {
      event.answer(
          null,
          new IllegalStateException(
              "%s: %s came back into the object while its constructor runs; call out after it has returned"
                  .formatted(object, event)));
      return true;
    }
    switch (enter(event)) {
      case ADMITTED -> {
        if (inline) {
          run(event);
        } else {
          startThread(event);
        }
      }
      case QUEUED -> {
        table.sweeper().touched(this);
        refuseCircle(event);
      }
      case FULL -> event.answer(null, overloaded());
      case CLOSED -> {
        return false;
      }
    }
    return true;
  }

  /** What the object itself set in motion is not turned away: somebody inside may wait for it. */
  private EntryGate.Entry enter(Event event) {
    return event instanceof CallEvent
        ? gate.enter(event, table.limits().maxWaiting(), table.limits().maxWaitingBytes())
        : gate.enter(event, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  private ObjectOverloadedException overloaded() {
    return new ObjectOverloadedException(
        "%s: %d events (%d bytes) waiting, limit %d events or %d bytes; retry with back-off"
            .formatted(
                object,
                gate.waitingCount(),
                gate.waitingBytes(),
                table.limits().maxWaiting(),
                table.limits().maxWaitingBytes()));
  }

  /**
   * An event caused by critical sections that queues must not close a circle of exclusive waits.
   */
  private void refuseCircle(Event event) {
    List<CallChain> links = CallChain.exclusiveLinks(event.chain());
    if (links.isEmpty()) {
      return;
    }
    ObjectRef closing = table.exclusiveWaits().add(event, links, gate);
    if (closing != null && gate.withdraw(waiting -> waiting == event).contains(event)) {
      event.answer(
          null,
          new IllegalStateException(
              "%s: %s would wait for ever: %s is held by a critical section that waits for a call to %s, which this call chain holds; call out of critical sections in one order only"
                  .formatted(object, event, object, closing)));
    }
  }

  void startThread(Event event) {
    table.startThread(() -> run(event));
  }

  private void run(Event event) {
    if (!gate.begin(event)) {
      return;
    }
    event.beginOn(Thread.currentThread());
    table.sweeper().touched(this);
    try {
      if (event.tryStart()) {
        event.turnStarted(table.clock().nanoTime());
        CurrentEvent.run(event, () -> execute(event));
      }
    } finally {
      left(event);
    }
  }

  /**
   * The last thing that the thread of an event does here. A thread that was found inside when the
   * activation ended comes by too, sooner or later.
   */
  private void left(Event event) {
    event.letGo(null);
    turn++;
    gate.leave(event);
    if (event.leftOver()) {
      table.leftOverThreads().decrement();
    }
    if (event == lastInside) {
      releaseState();
    }
  }

  private void execute(Event event) {
    Object result = null;
    Throwable thrown = null;
    CriticalSection section = null;
    try {
      if (construction != null && event instanceof OwnEvent own) {
        own.run();
      } else {
        DurableObject target = instance != null ? instance : construct(event);
        if (event.exclusive(table.traits(target))) {
          section = openSection(event, event.turnStartedNanos());
        }
        result = event.run(target);
      }
    } catch (ConstructionFailed failed) {
      end(failed.reason(), event, failed.answer());
      return;
    } catch (Throwable t) {
      thrown = t;
    }
    if (over != null) {
      return;
    }
    if (thrown instanceof Error error) {
      end(error, event, event.resetBy(error));
      return;
    }
    try {
      finish(event, section, result, thrown == null ? null : event.translate(thrown));
    } catch (Throwable broken) {
      end(broken, event, event.resetBy(broken));
    }
  }

  private void finish(
      Event event,
      @Nullable CriticalSection section,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    event.finished(result, thrown);
    seal(event);
    pipeline().release(event);
    if (section != null) {
      closeSection(event, section);
    }
    if (event instanceof SleepEvent) {
      end(new AsleepMarker(), event, null);
    }
  }

  // ---------------------------------------------------------------- construction

  private DurableObject construct(Event event) throws Throwable {
    table.backoff().check(object);
    OpenedObject opened;
    try {
      opened = table.store().open(object, table.nameToKeep(object));
    } catch (RuntimeException e) {
      throw new ConstructionFailed(e, e);
    }
    if (opened.name() != null && object.id().name().isEmpty()) {
      object = table.named(object, opened.name());
    }
    takeOver(opened);
    CriticalSection section = openSection(event, table.clock().nanoTime());
    construction = section;
    DurableObject made;
    try {
      made = table.instantiate(new ActivationContext(this));
    } catch (Throwable t) {
      if (over != null) {
        throw t;
      }
      throw table.backoff().failed(object, t, event);
    }
    construction = null;
    closeSection(event, section);
    table.backoff().succeeded(object);
    instance = made;
    return made;
  }

  /**
   * Makes the opened state this activation's. If that is over meanwhile the opening must not stay
   * the latest: the next activation's may have come before it.
   */
  private synchronized void takeOver(OpenedObject opened) {
    if (over != null) {
      table.store().release(opened.opening());
      throw gone();
    }
    ObjectState opening =
        new ObjectState(opened, table.store(), table.stateLimits(), table.cache());
    state = opening;
    storage = new KeyValueStorage(this, opening, table.codec());
    pipeline =
        new CommitPipeline(
            opened, opening, table.store(), table.clock(), failure -> end(failure, null, null));
  }

  // ---------------------------------------------------------------- waiting

  /**
   * Hands the baton on until what {@code start} sets in motion calls {@code gate().resume(event)}.
   * The turn ends before, and what {@code start} lets out stands behind its commit.
   */
  void suspend(Event event, String what, Runnable start) {
    checkMayWait(what);
    seal(event);
    addSuspended(event);
    try {
      start.run();
    } catch (Throwable t) {
      removeSuspended(event);
      throw t;
    }
    handOn(event);
    event.awaitAdmission();
    afterWaiting(event);
  }

  /** Hands the baton on while {@code wait} blocks the calling thread. */
  <T> T outside(Event event, String what, Callable<T> wait) throws Exception {
    checkMayWait(what);
    seal(event);
    addSuspended(event);
    handOn(event);
    try {
      return wait.call();
    } finally {
      gate.resume(event);
      event.awaitAdmission();
      afterWaiting(event);
    }
  }

  private void handOn(Event event) {
    turn++;
    event.turnEnded();
    gate.suspend(event);
  }

  /** Throws if the running event may not wait here for {@code what}, which would let others in. */
  void checkMayWait(String what) {
    checkThread();
    if (state().inTransaction()) {
      throw new IllegalStateException(
          "%s: %s inside a transaction would let others in; do it before or after"
              .formatted(object, what));
    }
    if (instance != null && Thread.holdsLock(instance)) {
      throw new IllegalStateException(
          "%s: %s from a synchronized method of %s; the platform lets one event in at a time, so remove synchronized"
              .formatted(object, what, instance.getClass().getName()));
    }
  }

  private void afterWaiting(Event event) {
    removeSuspended(event);
    event.turnStarted(table.clock().nanoTime());
    if (over != null) {
      throw gone();
    }
  }

  private synchronized void addSuspended(Event event) {
    if (over != null) {
      throw gone();
    }
    if (suspended == null) {
      suspended = new LinkedHashSet<>(4);
    }
    suspended.add(event);
  }

  private synchronized void removeSuspended(Event event) {
    if (suspended != null) {
      suspended.remove(event);
    }
  }

  /** Those who wait for something other than the object's storage. */
  synchronized List<Event> suspendedEvents() {
    return suspended == null ? List.of() : List.copyOf(suspended);
  }

  // ---------------------------------------------------------------- sections

  CriticalSection openSection(Event event, long nanos) {
    event.sectionOpened(nanos);
    return gate.open(event);
  }

  void closeSection(Event event, CriticalSection section) {
    gate.close(section);
    table.exclusiveWaits().forget(section);
    event.sectionClosed();
  }

  // ---------------------------------------------------------------- turns

  /**
   * Ends the turn of {@code event}. Whoever ends the activation at the same time either comes
   * first, and nothing is committed, or finds the commit counted, and knows that it may be applied.
   */
  private void seal(Event event) {
    if (state().nothingToSeal()) {
      return;
    }
    synchronized (this) {
      if (over != null) {
        throw gone();
      }
      event.sealing();
    }
    pipeline().seal(event);
    event.sealed();
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
    if (event != null && gate.isRunning(event) && event.runsOn(Thread.currentThread())) {
      return event;
    }
    throw new IllegalStateException(
        "%s is used by a thread that does not run its code; use it within an event of the object"
            .formatted(object));
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
    Event event = runningEvent();
    seal(event);
    DurabilityWait wait = new DurabilityWait(Thread.currentThread());
    pipeline().release(wait);
    wait.await();
    if (over != null) {
      throw gone();
    }
  }

  // ---------------------------------------------------------------- the end

  /**
   * Leaves memory if nothing goes on and nothing keeps it awake.
   *
   * @return whether it is gone or about to go
   */
  boolean sleep(SleepReason reason) {
    SleepEvent event = new SleepEvent(reason);
    event.bind(this);
    if (!gate.enterIfIdle(event)) {
      return over != null;
    }
    DurableObject target = instance;
    if (!quiet(reason)) {
      gate.leave(event);
      return false;
    }
    if (target == null || !table.traits(target).overridesBeforeSleep()) {
      end(new AsleepMarker(), event, null);
    } else {
      startThread(event);
    }
    return true;
  }

  private boolean quiet(SleepReason reason) {
    KeepAwake awake = keepAwake;
    return suspendedEvents().isEmpty()
        && (pipeline == null || pipeline.idle())
        && (reason == SleepReason.SHUTDOWN || awake == null || !awake.active());
  }

  /** Discards the activation at the wish of its own code, and ends that code. */
  Error abort(Event event, Throwable cause, Throwable answer) {
    noteIfConstructing(cause);
    end(cause, event, answer);
    return gone();
  }

  /** Discards the activation, for example because a limit was passed. */
  void discard(Throwable cause) {
    noteIfConstructing(cause);
    end(cause, null, null);
  }

  private void noteIfConstructing(Throwable cause) {
    if (construction != null && over == null) {
      table.backoff().note(object, cause);
    }
  }

  /**
   * Ends the activation, once: hands those who wait to the next one, answers those who had started,
   * and wakes those who are suspended, so that they find out.
   *
   * @param cause why
   * @param culprit the running event that is the cause; null if none is
   * @param answer what {@code culprit} fails with; null if it was answered
   */
  private void end(Throwable cause, @Nullable Event culprit, @Nullable Throwable answer) {
    List<Event> sleepers;
    Set<Event> inside = new LinkedHashSet<>();
    List<Event> dropped = new ArrayList<>();
    @Nullable Activation[] successor = new Activation[1];
    synchronized (this) {
      if (over != null) {
        return;
      }
      over = cause;
      sleepers = suspendedEvents();
      gate.close(
          (running, waiting) -> {
            if (running instanceof Event event) {
              inside.add(event);
              lastInside = event;
            }
            inside.addAll(sleepers);
            inside.forEach(Event::markLeftOver);
            table.leftOverThreads().add(inside.size());
            waiting.stream().filter(e -> !outlives(e)).forEach(e -> dropped.add((Event) e));
            successor[0] =
                table.replace(this, waiting.stream().filter(Activation::outlives).toList());
          });
    }
    if (culprit != null && answer != null) {
      culprit.answer(null, answer);
    }
    if (!(cause instanceof AsleepMarker)) {
      log.warn("{}: activation discarded: {}", object, cause.toString());
    }
    for (Event event : inside) {
      if (!(event instanceof SleepEvent && cause instanceof AsleepMarker)) {
        event.discarded(cause);
      }
    }
    dropped.forEach(event -> event.neverRan(cause));
    sleepers.forEach(EntryGate::notifyClosed);
    releaseResources();
    Activation next = successor[0];
    if (next != null) {
      next.gate.start();
    }
  }

  /** Timers and what follows calls belong to this activation and end with it. */
  private static boolean outlives(Entrant entrant) {
    return entrant instanceof CallEvent;
  }

  private void releaseResources() {
    table.exclusiveWaits().forget(gate.section());
    KeepAwake awake = keepAwake;
    if (awake != null) {
      awake.end();
    }
    if (lastInside == null) {
      releaseState();
    }
    CommitPipeline commits = pipeline;
    if (commits != null) {
      table.store().release(commits.opening());
    }
  }

  /** Gives the memory back; whoever does it is the last who could touch the state. */
  private void releaseState() {
    ObjectState last = state;
    if (last != null) {
      last.release();
    }
  }

  private Error gone() {
    Throwable cause = Objects.requireNonNull(over);
    return new ActivationGone(
        "%s: this activation is over (%s); nothing it does has an effect any more"
            .formatted(object, cause.getMessage()),
        cause);
  }

  boolean isOver() {
    return over != null;
  }

  /** Discards the activation if a commit of it is pending for longer than {@code limitNanos}. */
  void enforceDurability(long now, long limitNanos) {
    CommitPipeline commits = pipeline;
    if (commits != null && now - commits.oldestPendingNanos(now) > limitNanos) {
      StorageException silent =
          new StorageException(
              "%s: the store did not confirm a commit within %d s; look at the disk"
                  .formatted(object, TimeUnit.NANOSECONDS.toSeconds(limitNanos)),
              Outcome.UNKNOWN,
              true,
              null);
      end(silent, null, null);
      commits.giveUp(silent);
    }
  }

  /** Whether nothing goes on here: no event, no commit on its way, nothing that keeps it awake. */
  boolean isIdle() {
    return gate.idle() && quiet(SleepReason.IDLE);
  }

  // ---------------------------------------------------------------- parts

  KeyValueStorage storage() {
    return Objects.requireNonNull(storage, "the storage is there from construction on");
  }

  private ObjectState state() {
    return Objects.requireNonNull(state, "the state is there from construction on");
  }

  CommitPipeline pipeline() {
    return Objects.requireNonNull(pipeline, "the pipeline is there from construction on");
  }

  /** Lets {@code output} go behind what the turn wrote so far, ending the turn. */
  void sealAndRelease(Event event, Output output) {
    checkThread();
    seal(event);
    pipeline().release(output);
  }

  /** Keeps an output until the turn is sealed. */
  void issue(Output output) {
    checkThread();
    state().issue(output);
  }

  KeepAwake keepAwake() {
    KeepAwake awake = keepAwake;
    if (awake == null) {
      awake = new KeepAwake(table.clock());
      keepAwake = awake;
    }
    return awake;
  }

  /** Says that an activation is over because it sleeps. */
  private static final class AsleepMarker extends Exception {
    private static final long serialVersionUID = 1L;

    AsleepMarker() {
      super("it went to sleep", null, false, false);
    }
  }

  @Override
  public String toString() {
    return object.toString();
  }

  static ObjectUnavailableException stopping(ObjectRef object) {
    return new ObjectUnavailableException(
        object + ": the node is stopping; call again when it is back", null);
  }
}
