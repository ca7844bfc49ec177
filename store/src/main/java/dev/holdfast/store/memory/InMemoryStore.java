// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.KeyRange;
import dev.holdfast.ObjectId;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.LastCommit;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.Renames;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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
  private final Committer committer;
  private final Directory directory = new LiveDirectory();

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
    this.committer = new Committer(data, clock);
    committer.start();
  }

  /** The data, to open another handle over it. */
  public InMemoryData data() {
    return data;
  }

  /** Where submitted groups can be held, counted and seen. */
  public CommitGate gate() {
    return committer.gate();
  }

  /** Where failures can be ordered. */
  public Faults faults() {
    return committer.faults();
  }

  @Override
  public byte[] namespaceSecret(String namespace) {
    return live(() -> data.secret(namespace));
  }

  @Override
  public OpenedObject open(ObjectRef object, @Nullable String name) {
    return locked(() -> opened(committer.open(object, name)));
  }

  @Override
  public Renames renameNamespaces(Renames names) {
    return locked(
        () -> {
          committer.awaitWritten(names.all());
          Renames due = names.due(directory);
          due.requireClosed(committer.openObjects());
          due.names().forEach(data::rename);
          return due;
        });
  }

  private OpenedObject opened(Openings.State state) {
    Opening opening = state.opening;
    StoredObject object = data.find(opening.object());
    if (object == null) {
      Generation first = data.first(clock.instant());
      state.unborn = first;
      return new OpenedObject(opening, 0, first, state.name, 0, AlarmTime.NEVER, List.of(), true);
    }
    List<Entry> entries =
        object.whole(OpenedObject.MAX_WHOLE_ENTRIES, OpenedObject.MAX_WHOLE_BYTES);
    return new OpenedObject(
        opening,
        object.seq(),
        object.generation(),
        object.name(),
        object.bytes(),
        object.alarm(),
        entries == null ? List.of() : entries,
        entries != null);
  }

  @Override
  public void release(Opening opening) {
    lock.lock();
    try {
      committer.release(opening);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public byte @Nullable [] get(ObjectRef object, EntryKey key, View view) {
    return this.<byte @Nullable []>live(
        () -> {
          faults().checkRead(object);
          StoredObject stored = data.find(object);
          return stored == null ? null : stored.get(key, view);
        });
  }

  @Override
  public ScanPage scan(ObjectRef object, ScanRange range, View view) {
    return live(
        () -> {
          faults().checkRead(object);
          StoredObject stored = data.find(object);
          return stored == null ? new ScanPage(List.of(), true) : stored.scan(range, view);
        });
  }

  @Override
  public @Nullable LastCommit lastCommit(ObjectRef object) {
    return this.<@Nullable LastCommit>live(
        () -> {
          faults().checkRead(object);
          StoredObject stored = data.find(object);
          return stored == null
              ? null
              : new LastCommit(stored.seq(), stored.generation(), stored.name());
        });
  }

  @Override
  public List<Generation> changes(ObjectRef object, Generation before, int limit) {
    return live(
        () -> {
          faults().checkRead(object);
          StoredObject stored = data.find(object);
          return stored == null
              ? List.of()
              : stored.changes().headSet(before, false).descendingSet().stream()
                  .limit(limit)
                  .toList();
        });
  }

  @Override
  public void submit(CommitGroup group, CommitListener listener) {
    committer.submit(group, listener);
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
  public Retention retention() {
    return locked(() -> retention.with(data.since()));
  }

  @Override
  public Directory directory() {
    return directory;
  }

  @Override
  public PruneReport prune(int budget) {
    if (budget < 1) {
      throw new IllegalArgumentException(
          "a step of pruning looks at 1 version at least, got a budget of " + budget);
    }
    return live(() -> data.prune(budget, retention, clock.instant()));
  }

  /** Tries what was submitted, also what the gate holds, then closes. */
  @Override
  public void close() {
    committer.close();
  }

  /** Reads while the store is open, and brought back if it was broken. */
  private <T extends @Nullable Object> T live(Supplier<T> read) {
    return locked(
        () -> {
          committer.recover();
          return read.get();
        });
  }

  private <T extends @Nullable Object> T locked(Supplier<T> body) {
    lock.lock();
    try {
      return body.get();
    } finally {
      lock.unlock();
    }
  }

  private final class LiveDirectory implements Directory {
    @Override
    public List<String> namespaces() {
      return live(data::namespaces);
    }

    @Override
    public List<DirectoryEntry> byId(String namespace, @Nullable ObjectId after, int limit) {
      return live(() -> data.byId(namespace, after, limit));
    }

    @Override
    public List<DirectoryEntry> byName(String namespace, KeyRange range) {
      return live(() -> data.byName(namespace, range));
    }

    @Override
    public @Nullable DirectoryEntry find(ObjectRef object) {
      return InMemoryStore.this.<@Nullable DirectoryEntry>live(() -> data.entryOf(object));
    }
  }
}
