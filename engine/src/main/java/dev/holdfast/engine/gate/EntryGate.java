// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets one entrant at a time into an activation: a baton with a queue.
 *
 * <p>An entrant is <em>waiting</em> until it is first given the baton, <em>running</em> while it
 * holds it, <em>suspended</em> while it waits for something that is not the object's own storage,
 * and <em>resuming</em> from the moment that this has happened until it has the baton again:
 *
 * <pre>
 *   enter ──► waiting ──► running ──► left
 *                          │   ▲
 *                  suspend ▼   │
 *                   suspended ─┴─ resume ──► resuming ──► running
 * </pre>
 *
 * <p>Those who resume go before those who wait, but after {@value #MAX_RESUMED_IN_ROW} in a row one
 * who waits is let in. While a critical section is open only entrants that belong to it, and to no
 * section within it, are let in; one that has not begun may {@linkplain Entrant#entersAnySection
 * belong to any}. Thread-safe.
 *
 * <p>A gate that follows a closed one is <em>held</em> until it is started: those who wait, those
 * who are taken back, and those who come meanwhile then stand in the order in which they first
 * reached the object.
 */
public final class EntryGate {
  private static final int MAX_RESUMED_IN_ROW = 8;

  /** Has the baton of a gate that is held. */
  private static final Entrant HOLDER = new Holder();

  private @Nullable Entrant running;
  private @Nullable CriticalSection section;
  private @Nullable ArrayDeque<Entrant> waiting;
  private @Nullable ArrayDeque<Entrant> resuming;
  private long waitingBytes;
  private int resumedInRow;
  private long arrivals;
  private boolean closed;

  /** A gate with nobody before it. */
  public EntryGate() {}

  /**
   * The gate after one that closes, held until {@link #start}.
   *
   * @param inherited those of {@code before} who go to this one
   */
  public EntryGate(EntryGate before, List<? extends Entrant> inherited) {
    arrivals = before.arrivals();
    running = HOLDER;
    if (!inherited.isEmpty()) {
      waiting = new ArrayDeque<>(inherited);
      inherited.forEach(entrant -> waitingBytes += entrant.weight());
    }
  }

  private synchronized long arrivals() {
    return arrivals;
  }

  /** What became of an attempt to enter. */
  public enum Entry {
    /** It has the baton: the caller runs it, {@link Entrant#onAdmitted} is not called. */
    ADMITTED,
    /** It waits. */
    QUEUED,
    /** A bound on waiting entrants is reached. */
    FULL,
    /** This gate lets nobody in any more. */
    CLOSED
  }

  /**
   * Takes the baton if it is free for {@code entrant}, else joins the queue.
   *
   * @param maxWaiting how many may wait
   * @param maxWaitingBytes how many bytes they may hold together; one always may
   */
  public synchronized Entry enter(Entrant entrant, int maxWaiting, long maxWaitingBytes) {
    if (closed) {
      return Entry.CLOSED;
    }
    if (running == null && eligible(entrant) && !eligibleQueued()) {
      entrant.arrival = ++arrivals;
      admit(entrant);
      return Entry.ADMITTED;
    }
    ArrayDeque<Entrant> queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      waiting = queue;
    }
    int weight = entrant.weight();
    if (queue.size() >= maxWaiting
        || (!queue.isEmpty() && waitingBytes + weight > maxWaitingBytes)) {
      return Entry.FULL;
    }
    entrant.arrival = ++arrivals;
    queue.add(entrant);
    waitingBytes += weight;
    return Entry.QUEUED;
  }

  /**
   * Lets one wait who was inside the gate before, in the place of {@code earlier}.
   *
   * @return false if this gate is not held any more
   */
  public synchronized boolean takeBack(Entrant again, Entrant earlier) {
    if (closed || running != HOLDER) {
      return false;
    }
    ArrayDeque<Entrant> queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      waiting = queue;
    }
    again.arrival = earlier.arrival;
    queue.add(again);
    waitingBytes += again.weight();
    return true;
  }

  /** Takes the baton if it is free, nobody else wants it, and no section is open; does not wait. */
  public synchronized boolean enterIfIdle(Entrant entrant) {
    if (closed || running != null || section != null || queued(waiting) || queued(resuming)) {
      return false;
    }
    admit(entrant);
    return true;
  }

  /**
   * The thread that is to run an admitted entrant says so before it does anything. Returns false if
   * it must not: the gate was closed meanwhile and {@code entrant} given back with those who
   * waited, or another thread was faster.
   */
  public synchronized boolean begin(Entrant entrant) {
    if (running != entrant || entrant.begun) {
      return false;
    }
    entrant.begun = true;
    return true;
  }

  /** Holds the gate no more: lets in the first of those who wait. */
  public void start() {
    Entrant next;
    synchronized (this) {
      if (closed || running != HOLDER) {
        return;
      }
      if (waiting != null) {
        List<Entrant> inOrder = new ArrayList<>(waiting);
        inOrder.sort(Comparator.comparingLong(entrant -> entrant.arrival));
        waiting = new ArrayDeque<>(inOrder);
      }
      running = null;
      next = handOn();
    }
    notifyAdmitted(next);
  }

  /** The event is over: hands the baton on. */
  public void leave(Entrant entrant) {
    Entrant next;
    synchronized (this) {
      if (running != entrant) {
        return;
      }
      entrant.setAdmitted(false);
      running = null;
      next = handOn();
    }
    notifyAdmitted(next);
  }

  /**
   * Hands the baton on until {@link #resume} is called for {@code entrant}, which may have happened
   * already. Its thread then waits for {@link Entrant#admitted}, which in a closed gate it stays.
   */
  public void suspend(Entrant entrant) {
    Entrant next;
    synchronized (this) {
      if (running != entrant) {
        return;
      }
      if (closed) {
        return;
      }
      entrant.setAdmitted(false);
      running = null;
      if (entrant.resumeEarly) {
        entrant.resumeEarly = false;
        addResuming(entrant);
      }
      next = handOn();
    }
    notifyAdmitted(next);
  }

  /** What a suspended entrant waited for has happened. */
  public void resume(Entrant entrant) {
    Entrant next;
    synchronized (this) {
      if (closed) {
        return;
      }
      if (running == entrant) {
        entrant.resumeEarly = true;
        return;
      }
      addResuming(entrant);
      next = running == null ? handOn() : null;
    }
    notifyAdmitted(next);
  }

  /** Opens a section for the running entrant. */
  public synchronized CriticalSection open(Entrant entrant) {
    if (running != entrant) {
      throw new IllegalStateException("a critical section is opened by the one who runs");
    }
    CriticalSection opened = new CriticalSection(this, section);
    section = opened;
    entrant.section = opened;
    return opened;
  }

  /** Ends a section; its entrant, which runs, belongs to the section around it from now on. */
  public synchronized void close(CriticalSection ended) {
    ended.open = false;
    section = CriticalSection.innermostOpen(section);
  }

  /** The innermost open section; null if none. */
  public synchronized @Nullable CriticalSection section() {
    return section;
  }

  /** How many sections are open. */
  public synchronized int depth() {
    return section == null ? 0 : section.depth();
  }

  /**
   * Whether {@code candidate}, or what is around it, is the innermost open section; null is all
   * around.
   */
  public synchronized boolean isInnermost(@Nullable CriticalSection candidate) {
    return CriticalSection.innermostOpen(candidate) == section;
  }

  /**
   * Lets somebody who does not run into {@code target}, as if it belonged to it: the running
   * entrant, which belongs to it, is about to wait for him.
   */
  public synchronized void draw(Entrant needed, CriticalSection target) {
    needed.section = target;
  }

  /** Whether that section has not ended. */
  public synchronized boolean isOpen(CriticalSection candidate) {
    return candidate.open;
  }

  /** Is told who is where when a gate closes. */
  @FunctionalInterface
  public interface Closing {
    /**
     * Runs under the gate's lock: what it publishes is there before anyone sees the gate closed.
     *
     * @param running the one who runs, and keeps running; null if none does
     * @param waiting those who have not begun, in order
     */
    void closed(@Nullable Entrant running, List<Entrant> waiting);
  }

  /**
   * Lets nobody in any more and gives back those who have not begun, in order. The one who runs
   * keeps running; those who are resuming are told, so that they find out.
   */
  public void close(Closing meanwhile) {
    boolean _ = close(() -> true, meanwhile);
  }

  /**
   * As {@link #close(Closing)}, if there still is a reason to.
   *
   * @param reason asked under the gate's lock, so that nobody enters, leaves or hands the baton on
   *     between the answer and the close
   * @return false if there was none, or it was closed already
   */
  public boolean close(BooleanSupplier reason, Closing meanwhile) {
    List<Entrant> stranded;
    synchronized (this) {
      if (closed || !reason.getAsBoolean()) {
        return false;
      }
      closed = true;
      List<Entrant> left = waiting == null ? List.of() : new ArrayList<>(waiting);
      if (running != null && !running.begun) {
        running.setAdmitted(false);
        left = new ArrayList<>(left);
        left.addFirst(running);
        running = null;
      }
      stranded = resuming == null ? List.of() : List.copyOf(resuming);
      waiting = null;
      resuming = null;
      for (CriticalSection s = section; s != null; s = s.parent()) {
        s.open = false;
      }
      meanwhile.closed(running, left);
    }
    stranded.forEach(EntryGate::notifyClosed);
    return true;
  }

  /** Wakes a suspended entrant of a closed gate, so that it finds out. */
  public static void notifyClosed(Entrant entrant) {
    entrant.setAdmitted(true);
    entrant.onAdmitted();
  }

  /** Takes out those who wait and match, for example because their deadline has passed. */
  public synchronized List<Entrant> withdraw(Predicate<Entrant> matches) {
    if (waiting == null || waiting.isEmpty()) {
      return List.of();
    }
    List<Entrant> withdrawn = new ArrayList<>();
    Iterator<Entrant> iterator = waiting.iterator();
    while (iterator.hasNext()) {
      Entrant entrant = iterator.next();
      if (matches.test(entrant)) {
        iterator.remove();
        waitingBytes -= entrant.weight();
        withdrawn.add(entrant);
      }
    }
    return withdrawn;
  }

  /** The one who holds the baton; null if it is free. */
  public synchronized @Nullable Entrant running() {
    return running;
  }

  /** Whether {@code entrant} holds the baton of a gate that is not closed. */
  public boolean isRunning(Entrant entrant) {
    return running == entrant;
  }

  /** Whether nobody runs and nobody wants to. */
  public synchronized boolean idle() {
    return running == null && !queued(waiting) && !queued(resuming);
  }

  /** How many wait. */
  public synchronized int waitingCount() {
    return waiting == null ? 0 : waiting.size();
  }

  /** How many bytes those who wait hold. */
  public synchronized long waitingBytes() {
    return waitingBytes;
  }

  private void admit(Entrant entrant) {
    running = entrant;
    entrant.setAdmitted(true);
  }

  /** Gives the free baton to the next in turn, and returns whom to notify. */
  private @Nullable Entrant handOn() {
    if (closed) {
      return null;
    }
    Entrant next;
    if (resumedInRow < MAX_RESUMED_IN_ROW) {
      next = pollEligible(resuming);
      if (next != null) {
        resumedInRow++;
      } else {
        next = pollWaiting();
        resumedInRow = 0;
      }
    } else {
      next = pollWaiting();
      resumedInRow = 0;
      if (next == null) {
        next = pollEligible(resuming);
      }
    }
    if (next != null) {
      admit(next);
    }
    return next;
  }

  private @Nullable Entrant pollWaiting() {
    Entrant next = pollEligible(waiting);
    if (next != null) {
      waitingBytes -= next.weight();
    }
    return next;
  }

  private @Nullable Entrant pollEligible(@Nullable ArrayDeque<Entrant> queue) {
    if (queue == null) {
      return null;
    }
    if (section == null) {
      return queue.poll();
    }
    Iterator<Entrant> iterator = queue.iterator();
    while (iterator.hasNext()) {
      Entrant entrant = iterator.next();
      if (eligible(entrant)) {
        iterator.remove();
        return entrant;
      }
    }
    return null;
  }

  private boolean eligible(Entrant entrant) {
    if (section == null) {
      return true;
    }
    entrant.section =
        !entrant.begun && entrant.entersAnySection()
            ? section
            : CriticalSection.innermostOpen(entrant.section);
    return entrant.section == section;
  }

  private boolean eligibleQueued() {
    if (section == null) {
      return queued(resuming) || queued(waiting);
    }
    return anyEligible(resuming) || anyEligible(waiting);
  }

  private boolean anyEligible(@Nullable ArrayDeque<Entrant> queue) {
    return queue != null && queue.stream().anyMatch(this::eligible);
  }

  private static boolean queued(@Nullable ArrayDeque<Entrant> queue) {
    return queue != null && !queue.isEmpty();
  }

  private void addResuming(Entrant entrant) {
    ArrayDeque<Entrant> queue = resuming;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      resuming = queue;
    }
    queue.add(entrant);
  }

  private static void notifyAdmitted(@Nullable Entrant next) {
    if (next != null) {
      next.onAdmitted();
    }
  }

  private static final class Holder extends Entrant {
    Holder() {
      begun = true;
    }

    @Override
    protected int weight() {
      return 0;
    }

    @Override
    protected void onAdmitted() {}
  }
}
