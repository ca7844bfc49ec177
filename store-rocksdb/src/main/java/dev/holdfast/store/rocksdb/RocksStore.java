// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.StorageException;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The embedded store: RocksDB in one data directory, which one process at a time may have open.
 *
 * <p>A confirmed commit is on disk. A store that finds it lost one refuses to open and names the
 * file, unless {@link RocksStoreOptions#acceptLoss()} is set. Thread-safe.
 */
public final class RocksStore implements ObjectStore {
  /** How long a close waits for a backup. */
  private static final Duration BACKUP_LIMIT = Duration.ofSeconds(10);

  private final RocksStoreOptions options;
  private final CommitQueue queue;
  private final Committer committer;
  private final Sessions sessions;
  private final Housekeeper housekeeper;
  private final Verifier verifier;
  private final Pruner pruner;
  private final RocksDirectory objects;
  private final Backups backups;
  private final OpenDirectory place;

  private RocksStore(OpenDirectory place, RocksStoreOptions options, Surroundings surroundings) {
    StoreLayout layout = place.layout();
    Safeguards safeguards =
        new Safeguards(place.mark(), new ManifestMirror(layout), new NamespaceMirror(layout));
    Recovery recovery = new Recovery(layout, options, surroundings, safeguards);
    LongSupplier usableBytes = surroundings.usableBytes();
    this.place = place;
    this.options = options;
    this.sessions = new Sessions(layout, recovery, surroundings.nanos());
    this.queue = new CommitQueue(options.queueBytes());
    this.committer =
        new Committer(
            layout,
            queue,
            safeguards,
            new DiskReserve(
                layout.directory(),
                options.reserveBytes(),
                usableBytes == null ? layout.directory().toFile()::getUsableSpace : usableBytes,
                surroundings.nanos()),
            options.commitDelay());
    this.housekeeper = new Housekeeper(layout, safeguards, sessions);
    this.verifier = new Verifier(layout, recovery, sessions);
    this.backups = new Backups(layout, sessions, options, surroundings);
    this.pruner = new Pruner(options.clock()::millis, this::await);
    this.objects = new RocksDirectory(sessions::live);
  }

  /**
   * Opens the store in a directory, which is made if there is none: for its owner alone, where the
   * disk knows permissions. One that is there keeps those that it has.
   *
   * @throws StorageException if it is in use, cannot be read or written, has a newer format, or
   *     lost confirmed commits; it is retryable in the first two cases
   */
  public static RocksStore open(Path directory, RocksStoreOptions options) {
    return open(directory, options, Surroundings.real());
  }

  /** Whether that is why a store could not be opened: somebody has it open, as the message says. */
  public static boolean isInUse(StorageException failure) {
    return DirectoryLock.isTaken(failure);
  }

  /** Whether a directory holds a store, in whatever condition. */
  public static boolean isStore(Path directory) {
    StoreLayout layout = new StoreLayout(directory);
    return Files.exists(layout.mark()) || Files.exists(layout.database());
  }

  /**
   * The owner of the store in a directory, if that is another user than this process has: what it
   * would leave there could keep the owner from opening the store.
   *
   * @return empty also where the disk does not tell users apart
   * @throws IOException if there is no store, or it cannot be read
   */
  public static Optional<String> otherOwner(Path directory) throws IOException {
    return StoreOwner.otherThanUs(new StoreLayout(directory));
  }

  static RocksStore open(Path directory, RocksStoreOptions options, Surroundings surroundings) {
    OpenDirectory place = OpenDirectory.open(directory, options.acceptLoss());
    RocksStore store;
    try {
      store = new RocksStore(place, options, surroundings);
    } catch (RuntimeException | Error e) {
      place.close();
      throw e;
    }
    try {
      store.committer.start();
      store.housekeeper.start();
      store.verifier.start();
      return store;
    } catch (Error e) {
      // The system gives no more threads.
      store.close();
      throw e;
    }
  }

  @Override
  public byte[] namespaceSecret(String namespace) {
    Session live = sessions.live();
    Namespaces.Space space = live.namespaces.find(namespace);
    if (space == null) {
      await(new Work.Task(live, batch -> live.namespaces.ensure(namespace, batch)));
      space = live.namespaces.find(namespace);
    }
    if (space == null) {
      throw new AssertionError("namespace " + namespace + " was made and is not there");
    }
    return space.secret().clone();
  }

  @Override
  public Renames renameNamespaces(Renames names) {
    Session live = sessions.live();
    // An object that was released stays known until its last commit is done with.
    await(new Work.Task(live, batch -> {}));
    Renames due = names.due(objects);
    due.requireClosed(live.objects.all());
    if (!due.isEmpty()) {
      try {
        await(
            new Work.Task(
                live,
                batch ->
                    due.names().forEach((from, to) -> live.namespaces.rename(from, to, batch))));
      } catch (StorageException failure) {
        // A write that failed may be on disk. This brings the store back, and tells.
        if (!due.due(objects).isEmpty()) {
          throw failure;
        }
      }
    }
    return due;
  }

  /** Has a task done by the committer, after all that was submitted before. */
  private void await(Work.Task task) {
    if (!queue.add(task)) {
      throw sessions.closed();
    }
    task.done.join();
    StorageException failure = task.failure;
    if (failure != null) {
      throw new StorageException(
          String.valueOf(failure.getMessage()), failure.outcome(), failure.retryable(), failure);
    }
  }

  @Override
  public OpenedObject open(ObjectRef object, @Nullable String name) {
    Session live = sessions.live();
    long number = live.objects.nextOpening();
    ObjectState state = live.objects.open(object, number);
    try {
      while (state.busy()) {
        await(new Work.Task(live, batch -> {}));
      }
      return read(live, state, new Opening(object, live.epoch, number), name);
    } catch (RocksDBException e) {
      live.objects.release(object, number);
      throw Failures.read("its state", object, e);
    } catch (StorageException e) {
      live.objects.release(object, number);
      throw e;
    }
  }

  private static OpenedObject read(
      Session live, ObjectState state, Opening opening, @Nullable String name)
      throws RocksDBException {
    int namespace = live.namespaces.number(opening.object().namespace());
    StoredObject found = StoredObject.read(live.database, namespace, opening.object().id());
    Head head = found.head();
    if (head.seq() == 0) {
      head = Head.unborn(live.lives.first(), name);
    }
    state.opened(opening.number(), namespace, head);
    return new OpenedObject(
        opening,
        head.seq(),
        new Generation(head.generation()),
        head.name(),
        head.bytes() + head.keptBytes(),
        head.alarm() == Head.NO_ALARM
            ? AlarmTime.NEVER
            : AlarmTime.at(Instant.ofEpochMilli(head.alarm())),
        found.entries(),
        found.whole());
  }

  @Override
  public void release(Opening opening) {
    Session session = sessions.current();
    if (opening.epoch() == session.epoch) {
      session.objects.release(opening.object(), opening.number());
    }
  }

  @Override
  public byte @Nullable [] get(ObjectRef object, EntryKey key, View view) {
    Session live = sessions.live();
    int namespace = live.namespaces.number(object.namespace());
    try {
      return switch (view) {
        case View.Current current -> {
          byte[] stored = current(live, object, namespace, key);
          yield stored == null ? null : EntryReader.value(stored);
        }
        case View.EndOf end -> {
          try (HistoryReader history = history(live, namespace, object, end)) {
            yield history.get(key);
          }
        }
      };
    } catch (RocksDBException e) {
      throw Failures.read("entry " + key, object, e);
    }
  }

  @Override
  public ScanPage scan(ObjectRef object, ScanRange range, View view) {
    Session live = sessions.live();
    int namespace = live.namespaces.number(object.namespace());
    try {
      return switch (view) {
        case View.Current current -> EntryReader.scan(live.database, namespace, object.id(), range);
        case View.EndOf end -> {
          try (HistoryReader history = history(live, namespace, object, end)) {
            yield history.scan(range);
          }
        }
      };
    } catch (RocksDBException e) {
      throw Failures.read("entries from " + range.from() + " to " + range.to(), object, e);
    }
  }

  private static HistoryReader history(
      Session live, int namespace, ObjectRef object, View.EndOf end) {
    return new HistoryReader(live.database, namespace, object.id(), end.generation().packed());
  }

  /** The entry of the latest state, as it is stored; null if there is none. */
  private static byte @Nullable [] current(
      Session live, ObjectRef object, int namespace, EntryKey key) throws RocksDBException {
    if (key.bytes()[0] == EntryKind.META.code()) {
      return live.database.get(Keys.entry(namespace, object.id(), 0, key));
    }
    int incarnation = incarnation(live, object, namespace);
    byte[] stored = live.database.get(Keys.entry(namespace, object.id(), incarnation, key));
    // After a clear and a step of pruning in between, what is not there may be in the next life.
    return stored == null && incarnation != incarnation(live, object, namespace)
        ? current(live, object, namespace, key)
        : stored;
  }

  /** The incarnation whose entries are the object's latest state. */
  private static int incarnation(Session live, ObjectRef object, int namespace)
      throws RocksDBException {
    ObjectState state = live.objects.get(object);
    int known = state == null ? ObjectState.UNKNOWN : state.visibleIncarnation;
    if (known != ObjectState.UNKNOWN) {
      return known;
    }
    byte[] head = live.database.get(Keys.head(namespace, object.id()));
    return head == null ? 0 : Head.decode(head).incarnation();
  }

  @Override
  public @Nullable LastCommit lastCommit(ObjectRef object) {
    Session live = sessions.live();
    int namespace = live.namespaces.number(object.namespace());
    if (namespace == 0) {
      return null;
    }
    try {
      byte[] stored = live.database.get(Keys.head(namespace, object.id()));
      if (stored == null) {
        return null;
      }
      Head head = Head.decode(stored);
      return new LastCommit(head.seq(), new Generation(head.generation()), head.name());
    } catch (RocksDBException e) {
      throw Failures.read("its last commit", object, e);
    }
  }

  @Override
  public List<Generation> changes(ObjectRef object, Generation before, int limit) {
    Session live = sessions.live();
    int namespace = live.namespaces.number(object.namespace());
    try {
      return new LatestChanges(before, limit).read(live.database, namespace, object.id());
    } catch (RocksDBException e) {
      throw Failures.read("its history", object, e);
    }
  }

  @Override
  public void submit(CommitGroup group, CommitListener listener) {
    Work.Group work = new Work.Group(sessions.current(), group, listener);
    queue.reserve(work.weight());
    work.admit();
    if (!queue.add(work)) {
      work.failure = sessions.closed();
      work.depart();
      queue.done(work.weight());
      listener.completed(work.failure);
    }
  }

  @Override
  public List<DueAlarm> dueAlarms(int limit) {
    try {
      return Alarms.due(sessions.live(), options.clock().millis(), limit);
    } catch (RocksDBException e) {
      throw Failures.read("due alarms", e);
    }
  }

  @Override
  public Optional<Instant> nextAlarm() {
    try {
      return Alarms.next(sessions.live());
    } catch (RocksDBException e) {
      throw Failures.read("the next alarm", e);
    }
  }

  @Override
  public Retention retention() {
    return sessions.current().pruningRule.rule();
  }

  @Override
  public Directory directory() {
    return objects;
  }

  @Override
  public PruneReport prune(int budget) {
    if (budget < 1) {
      throw new IllegalArgumentException(
          "a step that looks at " + budget + " versions does nothing");
    }
    try {
      return pruner.prune(sessions.live(), budget);
    } catch (RocksDBException e) {
      throw Failures.read("the history", e);
    }
  }

  /**
   * Copies the whole store to a new folder while it goes on: every commit confirmed before the call
   * is in it, and it is a state that existed. On disk when this returns. Can be interrupted.
   *
   * @param target where the backup is to be; its parent is there
   * @throws StorageException if the target exists, the disk lacks space, or something else is in
   *     the way; nothing is left of the backup then, and the store is as before
   */
  public BackupReport backup(Path target) {
    return backup(target, Backups.Steps.NONE);
  }

  BackupReport backup(Path target, Backups.Steps steps) {
    return backups.take(target, steps);
  }

  /**
   * Makes a data directory of a backup, after its checksums were compared. Whole or not at all; or,
   * in a folder that was there, refused by every store until it was restored again. Can be
   * interrupted.
   *
   * @param data a folder that is not there, or empty
   * @throws StorageException if the backup is damaged or none, or the folder is not empty; nothing
   *     is changed then
   */
  public static BackupReport restore(Path backup, Path data) {
    return restore(backup, data, Backups.Steps.NONE);
  }

  static BackupReport restore(Path backup, Path data, Backups.Steps steps) {
    return new Restoration(backup, data, steps).run();
  }

  /** The database behind the store, for tests. */
  Database database() {
    return sessions.live().database;
  }

  /** The housekeeper of the store, for tests. */
  Housekeeper housekeeper() {
    return housekeeper;
  }

  /** The backups of the store, for tests. */
  Backups backups() {
    return backups;
  }

  /**
   * Ends a backup that is under way, writes what was submitted, and closes the database. A backup
   * or a call into the database that does not end, because a disk hangs, is waited for only so
   * long; then the log says so, and the data directory stays locked as long as the process lives.
   * Idempotent.
   */
  @Override
  public void close() {
    close(BACKUP_LIMIT);
  }

  void close(Duration backupLimit) {
    // Before the lock: who holds it waits for the committer.
    committer.refuseClose();
    stop(backups.close(backupLimit));
  }

  private synchronized void stop(boolean backupsEnded) {
    if (!sessions.isClosed()) {
      queue.add(new Work.Stop());
      committer.join();
      verifier.stop();
      housekeeper.stop();
      // Who is still in the database, or copies it, keeps the directory too.
      if (sessions.close() && backupsEnded) {
        place.close();
      }
    }
  }
}
