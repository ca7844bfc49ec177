// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Opening;
import dev.holdfast.store.memory.CommitQueue.Result;
import dev.holdfast.store.memory.CommitQueue.Submission;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What of a handle writes: it judges groups, applies them one after the other on a thread of its
 * own, and tells their listeners, without the lock.
 *
 * <p>A group is refused by what was known when it was submitted (its openings) or by what is known
 * when its turn comes (epoch, seqs, generations, and whether an earlier group of one of its
 * openings failed). After a failed write the committer is broken: it refuses all that waits, knows
 * no opening any more, and takes a new epoch before anything is read or opened.
 */
final class Committer {
  private final InMemoryData data;
  private final InstantSource clock;
  private final ReentrantLock lock;

  /** Signalled after whatever a thread may wait for: groups submitted, let through, completed. */
  private final Condition changed;

  private final Openings openings = new Openings();
  private final CommitQueue queue = new CommitQueue();
  private final Faults faults;
  private final CommitGate gate;
  private final Thread thread;
  private long epoch;
  private boolean broken;
  private boolean closed;

  /** Takes the data with a new epoch. */
  Committer(InMemoryData data, InstantSource clock) {
    this.data = data;
    this.clock = clock;
    this.lock = data.lock;
    this.changed = lock.newCondition();
    this.faults = new Faults(lock);
    this.gate = new CommitGate(lock, changed);
    lock.lock();
    try {
      this.epoch = data.nextEpoch();
    } finally {
      lock.unlock();
    }
    this.thread =
        Thread.ofPlatform().daemon().name("memory-store-" + epoch).unstarted(this::commitAll);
  }

  void start() {
    thread.start();
  }

  Faults faults() {
    return faults;
  }

  CommitGate gate() {
    return gate;
  }

  /**
   * Voids the openings of an object, waits for what was submitted through them, and opens it. The
   * lock is held, and given away while it waits.
   */
  Openings.State open(ObjectRef object, @Nullable String name) {
    checkOpen();
    long last = openings.close(object, queue.completed());
    while (queue.completed() < last) {
      changed.awaitUninterruptibly();
      // Somebody else may have opened it and committed meanwhile.
      last = openings.close(object, queue.completed());
    }
    checkLatest();
    recover();
    faults.checkOpen(object);
    return openings.open(object, epoch, name);
  }

  /**
   * Waits for what was submitted of some namespaces. The lock is held, and given away while it
   * waits.
   */
  void awaitWritten(Set<String> namespaces) {
    long last = openings.lastTicket(namespaces);
    while (queue.completed() < last) {
      changed.awaitUninterruptibly();
    }
  }

  /** The objects that are open or being written. The lock is held. */
  Set<ObjectRef> openObjects() {
    return openings.objects();
  }

  /** Voids an opening unless it is void. The lock is held. */
  void release(Opening opening) {
    if (openings.find(opening) != null) {
      openings.close(opening.object(), queue.completed());
    }
  }

  void submit(CommitGroup group, CommitListener listener) {
    if (!enqueue(group, listener)) {
      listener.completed(refused(group, "the store is closed"));
    }
  }

  private boolean enqueue(CommitGroup group, CommitListener listener) {
    lock.lock();
    try {
      while (queue.waitingBytes() > InMemoryStore.MAX_WAITING_BYTES && !closed) {
        changed.awaitUninterruptibly();
      }
      if (closed) {
        return false;
      }
      List<Openings.@Nullable State> states = new ArrayList<>();
      for (Commit commit : group.commits()) {
        states.add(openings.find(commit.opening()));
      }
      long ticket = queue.add(new Submission(group, states, listener));
      for (Commit commit : group.commits()) {
        openings.submitted(commit, ticket);
      }
      gate.entered();
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The life of the thread. */
  private void commitAll() {
    List<Result> results = takeAndTry();
    while (!results.isEmpty()) {
      results.forEach(Committer::tell);
      complete(results);
      results = takeAndTry();
    }
  }

  /**
   * Waits for a group and tries it; if that breaks the store, whatever waits fails with it. Empty
   * when the store was closed and nothing is left.
   */
  private List<Result> takeAndTry() {
    lock.lock();
    try {
      while (!closed && (queue.isEmpty() || gate.isHeld())) {
        changed.awaitUninterruptibly();
      }
      List<Result> results = new ArrayList<>();
      Submission next = queue.poll();
      if (next != null) {
        gate.left();
      }
      while (next != null) {
        StorageException failure = tryToApply(next);
        if (failure != null) {
          next.openings().forEach(Committer::fail);
        }
        results.add(new Result(next, failure));
        next = broken ? queue.poll() : null;
      }
      return results;
    } finally {
      lock.unlock();
    }
  }

  private static void fail(Openings.@Nullable State opening) {
    if (opening != null) {
      opening.failed = true;
    }
  }

  private @Nullable StorageException tryToApply(Submission submission) {
    CommitGroup group = submission.group();
    String refusal = refusal(submission);
    if (refusal != null) {
      return refused(group, refusal);
    }
    CommitFault fault = faults.pollCommit();
    if (fault == null) {
      apply(submission);
      return null;
    }
    return switch (fault) {
      case REFUSED -> refused(group, "a test asked for it");
      case UNKNOWN_APPLIED -> {
        apply(submission);
        yield broken(group);
      }
      case UNKNOWN_NOT_APPLIED -> broken(group);
    };
  }

  private @Nullable String refusal(Submission submission) {
    if (broken) {
      return "a write before it failed";
    }
    if (data.epoch() != epoch) {
      return "the store's epoch is %d, another took its data with epoch %d"
          .formatted(epoch, data.epoch());
    }
    for (int i = 0; i < submission.openings().size(); i++) {
      Openings.State opening = submission.openings().get(i);
      if (opening == null) {
        return "its opening is not the latest";
      }
      Generation generation = submission.group().commits().get(i).generation();
      if (generation.compareTo(opening.unborn) < 0) {
        return "it is of generation %s, before %s, up to which deleted objects came"
            .formatted(generation, opening.unborn);
      }
      if (opening.deleted) {
        return "the object was deleted through the same opening";
      }
      if (opening.failed) {
        return "an earlier commit through its opening failed";
      }
    }
    return data.refusal(submission.group());
  }

  private void apply(Submission submission) {
    List<Commit> commits = submission.group().commits();
    for (int i = 0; i < commits.size(); i++) {
      Openings.State opening = submission.openings().get(i);
      data.apply(commits.get(i), opening == null ? null : opening.name, clock.instant());
      if (opening != null && commits.get(i).delete()) {
        opening.deleted = true;
      }
    }
    gate.applied(submission.group());
  }

  private StorageException broken(CommitGroup group) {
    broken = true;
    openings.closeAll(queue.completed());
    return new StorageException(
        "writing "
            + describe(group)
            + " failed, as a test asked for; it is there or not, open the object to see",
        Outcome.UNKNOWN,
        true,
        null);
  }

  /** Tells a listener. One that throws breaks its promise, which must not stop the others. */
  private static void tell(Result result) {
    try {
      result.submission().listener().completed(result.failure());
    } catch (RuntimeException | Error e) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  private void complete(List<Result> results) {
    lock.lock();
    try {
      queue.complete(results.size());
      for (Result result : results) {
        for (Commit commit : result.submission().group().commits()) {
          openings.completed(commit, queue.completed());
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Brings a broken store back with a new epoch, unless another took the data meanwhile. The lock
   * is held.
   */
  void recover() {
    checkOpen();
    if (broken) {
      checkLatest();
      epoch = data.nextEpoch();
      broken = false;
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new StorageException(
          "the in-memory store is closed; open another over its data",
          Outcome.NOT_APPLIED,
          false,
          null);
    }
  }

  private void checkLatest() {
    if (data.epoch() != epoch) {
      throw new StorageException(
          "the in-memory store has epoch %d, another took its data with epoch %d; use that one"
              .formatted(epoch, data.epoch()),
          Outcome.NOT_APPLIED,
          false,
          null);
    }
  }

  private static StorageException refused(CommitGroup group, String reason) {
    return new StorageException(
        describe(group) + " was refused: " + reason + "; open the object again",
        Outcome.NOT_APPLIED,
        true,
        null);
  }

  private static String describe(CommitGroup group) {
    Commit first = group.commits().getFirst();
    int others = group.commits().size() - 1;
    return "commit %d of %s%s"
        .formatted(
            first.seq(), first.object(), others == 0 ? "" : " in a group with " + others + " more");
  }

  /** Tries what is queued, held or not, and ends. */
  void close() {
    if (Thread.currentThread().equals(thread)) {
      throw new IllegalStateException(
          "a commit listener tried to close the in-memory store, which would wait for that listener"
              + " to return; close it on another thread");
    }
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    joinThread();
  }

  private void joinThread() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
