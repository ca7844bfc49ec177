// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.ObjectId;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import dev.holdfast.store.memory.CommitQueue.Result;
import dev.holdfast.store.memory.CommitQueue.Submission;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that keeps everything in memory: a handle over {@link InMemoryData}, which outlives it.
 *
 * <p>It keeps the whole contract but durability. Groups are applied one after the other on a thread
 * of the handle's own. A later handle over the same data fences this one: its commits are refused,
 * it opens nothing more, and what it has queued is not applied, as if its process had been killed.
 */
public final class InMemoryStore implements ObjectStore {
  /** {@link #submit} blocks while groups of more bytes than this wait. */
  public static final long MAX_WAITING_BYTES = 256L << 20;

  private final InstantSource clock;
  private final Retention retention;
  private final InMemoryData data;
  private final ReentrantLock lock;

  /** Signalled after whatever a thread may wait for: groups submitted, let through, completed. */
  private final Condition changed;

  private final Openings openings = new Openings();
  private final CommitQueue queue = new CommitQueue();
  private final Faults faults;
  private final CommitGate gate;
  private final Directory directory = new LiveDirectory();
  private final Thread committer;
  private long epoch;
  private boolean broken;
  private boolean closed;

  /** A store without any data. */
  public InMemoryStore(InstantSource clock, Retention retention) {
    this(clock, retention, new InMemoryData());
  }

  /** A store over data, whose latest handle it becomes. */
  public InMemoryStore(InstantSource clock, Retention retention, InMemoryData data) {
    this.clock = clock;
    this.retention = retention;
    this.data = data;
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
    this.committer =
        Thread.ofPlatform().daemon().name("memory-store-" + epoch).unstarted(this::commitAll);
    committer.start();
  }

  /** The data, to open another handle over it. */
  public InMemoryData data() {
    return data;
  }

  /** Where submitted groups can be held, counted and seen. */
  public CommitGate gate() {
    return gate;
  }

  /** Where failures can be ordered. */
  public Faults faults() {
    return faults;
  }

  @Override
  public byte[] namespaceSecret(String namespace) {
    return live(() -> data.secret(namespace));
  }

  @Override
  public OpenedObject open(ObjectRef object, @Nullable String name) {
    lock.lock();
    try {
      checkOpen();
      long last = openings.close(object, queue.completed());
      while (queue.completed() < last) {
        changed.awaitUninterruptibly();
      }
      checkLatest();
      recover();
      faults.checkOpen(object);
      return opened(openings.open(object, epoch, name));
    } finally {
      lock.unlock();
    }
  }

  private OpenedObject opened(Openings.State state) {
    Opening opening = state.opening;
    StoredObject object = data.find(opening.object());
    if (object == null) {
      return new OpenedObject(
          opening, 0, Generation.NONE, state.name, AlarmTime.NEVER, List.of(), true);
    }
    List<Entry> entries =
        object.whole(OpenedObject.MAX_WHOLE_ENTRIES, OpenedObject.MAX_WHOLE_BYTES);
    return new OpenedObject(
        opening,
        object.seq(),
        object.generation(),
        object.name(),
        object.alarm(),
        entries == null ? List.of() : entries,
        entries != null);
  }

  @Override
  public void release(Opening opening) {
    lock.lock();
    try {
      if (openings.find(opening) != null) {
        openings.close(opening.object(), queue.completed());
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public byte @Nullable [] get(ObjectRef object, EntryKey key, View view) {
    lock.lock();
    try {
      recover();
      faults.checkRead(object);
      StoredObject stored = data.find(object);
      return stored == null ? null : stored.get(key, view);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public ScanPage scan(ObjectRef object, ScanRange range, View view) {
    return live(
        () -> {
          faults.checkRead(object);
          StoredObject stored = data.find(object);
          return stored == null ? new ScanPage(List.of(), true) : stored.scan(range, view);
        });
  }

  @Override
  public void submit(CommitGroup group, CommitListener listener) {
    if (!enqueue(group, listener)) {
      listener.completed(refused(group, "the store is closed"));
    }
  }

  private boolean enqueue(CommitGroup group, CommitListener listener) {
    lock.lock();
    try {
      while (queue.waitingBytes() > MAX_WAITING_BYTES && !closed) {
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

  /** The committer's life: applies what is let through, tells the listeners, until closed. */
  private void commitAll() {
    List<Result> results = takeAndApply();
    while (!results.isEmpty()) {
      for (Result result : results) {
        tell(result);
      }
      completed(results);
      results = takeAndApply();
    }
  }

  /** Waits for a group and tries it. Empty when the store was closed and nothing is left. */
  private List<Result> takeAndApply() {
    lock.lock();
    try {
      while (queue.isEmpty() || (gate.isHeld() && !closed)) {
        if (closed) {
          return List.of();
        }
        changed.awaitUninterruptibly();
      }
      gate.left();
      Submission first = queue.poll();
      List<Result> results = new ArrayList<>();
      while (first != null) {
        results.add(new Result(first, tryToApply(first)));
        first = broken ? queue.poll() : null;
      }
      return results;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable StorageException tryToApply(Submission submission) {
    CommitGroup group = submission.group();
    String refusal = refusal(submission);
    Faults.CommitFault fault = refusal == null ? faults.pollCommit() : null;
    if (fault == Faults.CommitFault.REFUSED) {
      refusal = "a test asked for it";
    }
    if (refusal != null) {
      for (Openings.State opening : submission.openings()) {
        if (opening != null) {
          opening.failed = true;
        }
      }
      return refused(group, refusal);
    }
    if (fault != Faults.CommitFault.UNKNOWN_NOT_APPLIED) {
      apply(submission);
    }
    if (fault == null) {
      return null;
    }
    broken = true;
    openings.closeAll(queue.completed());
    for (Openings.State opening : submission.openings()) {
      if (opening != null) {
        opening.failed = true;
      }
    }
    return new StorageException(
        "writing " + describe(group) + " failed, as a test asked for; it may be there or not",
        Outcome.UNKNOWN,
        true,
        null);
  }

  private @Nullable String refusal(Submission submission) {
    if (broken) {
      return "the store is broken by a failed write";
    }
    if (data.epoch() != epoch) {
      return "the store's epoch is %d, the data's %d".formatted(epoch, data.epoch());
    }
    for (Openings.State opening : submission.openings()) {
      if (opening == null) {
        return "its opening is not the latest";
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
      data.apply(commits.get(i), opening == null ? null : opening.name);
    }
    gate.applied(submission.group());
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

  private void completed(List<Result> results) {
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

  @Override
  public List<DueAlarm> dueAlarms(int limit) {
    return live(() -> data.dueAlarms(clock.instant(), limit));
  }

  @Override
  public Optional<Instant> nextAlarm() {
    return live(() -> Optional.ofNullable(data.nextAlarm()));
  }

  @Override
  public Directory directory() {
    return directory;
  }

  @Override
  public PruneReport prune(int budget) {
    if (budget < 1) {
      throw new IllegalArgumentException(
          "a step of pruning looks at 1 version at least, got " + budget);
    }
    return live(() -> data.prune(budget, retention, clock.instant()));
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!Thread.currentThread().equals(committer)) {
      joinCommitter();
    }
  }

  private void joinCommitter() {
    boolean interrupted = false;
    while (committer.isAlive()) {
      try {
        committer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private <T> T live(Supplier<T> read) {
    lock.lock();
    try {
      recover();
      return read.get();
    } finally {
      lock.unlock();
    }
  }

  /** Brings a broken store back with a new epoch, unless another handle took the data meanwhile. */
  private void recover() {
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

  private final class LiveDirectory implements Directory {
    @Override
    public List<DirectoryEntry> byId(String namespace, @Nullable ObjectId after, int limit) {
      return live(() -> data.byId(namespace, after, limit));
    }

    @Override
    public List<DirectoryEntry> byName(
        String namespace, String prefix, @Nullable String after, int limit) {
      return live(() -> data.byName(namespace, prefix, after, limit));
    }
  }
}
