// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** The embedded store: RocksDB in one data directory, one process at a time. Thread-safe. */
public final class RocksStore implements ObjectStore {
  private final Path directory;
  private final RocksStoreOptions options;
  private final Surroundings surroundings;
  private final DirectoryLock lock;
  private final MarkFile mark;
  private final CommitQueue queue;
  private final Committer committer;
  private final SessionOpener opener;
  private final RocksDirectory objects = new RocksDirectory(this::live);
  private volatile Session session;
  private volatile boolean closed;

  private RocksStore(
      Path directory,
      RocksStoreOptions options,
      Surroundings surroundings,
      DirectoryLock lock,
      MarkFile mark) {
    this.directory = directory;
    this.options = options;
    this.surroundings = surroundings;
    this.lock = lock;
    this.mark = mark;
    this.queue = new CommitQueue(options.queueBytes());
    this.opener = new SessionOpener(directory, options, surroundings, mark);
    this.session = opener.open();
    this.committer =
        new Committer(
            directory,
            queue,
            mark,
            new DiskReserve(
                directory,
                options.reserveBytes(),
                surroundings.usableBytes() == null
                    ? directory.toFile()::getUsableSpace
                    : surroundings.usableBytes(),
                surroundings.nanos()),
            options.commitDelay());
    committer.start();
  }

  /** Opens the store in a directory, which is made if there is none. */
  public static RocksStore open(Path directory, RocksStoreOptions options) {
    return open(directory, options, Surroundings.real());
  }

  static RocksStore open(Path directory, RocksStoreOptions options, Surroundings surroundings) {
    try {
      Path real = Files.createDirectories(directory).toRealPath();
      DirectoryLock lock = DirectoryLock.acquire(real, real.resolve("lock"));
      NativeLibrary.load(real.resolve("native"));
      Path markPath = real.resolve("mark");
      MarkFile.Mark old = Files.exists(markPath) ? MarkFile.read(markPath) : null;
      MarkFile mark = old == null ? MarkFile.create(markPath) : MarkFile.open(markPath, old);
      return new RocksStore(real, options, surroundings, lock, mark);
    } catch (IOException e) {
      throw new StorageException(
          "cannot open the store in " + directory + ": " + e.getMessage(),
          Outcome.NOT_APPLIED,
          true,
          e);
    }
  }

  private Session live() {
    return session;
  }

  @Override
  public byte[] namespaceSecret(String namespace) {
    Session live = live();
    Namespaces.Space space = live.namespaces.find(namespace);
    if (space == null) {
      await(
          new Work.Task(
              live, batch -> live.namespaces.ensure(namespace, surroundings.random(), batch)));
      space = live.namespaces.find(namespace);
    }
    if (space == null) {
      throw new AssertionError("namespace " + namespace + " was made and is not there");
    }
    return space.secret().clone();
  }

  private void await(Work.Task task) {
    queue.add(task);
    try {
      task.done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException cause) {
        throw new StorageException(
            String.valueOf(cause.getMessage()), cause.outcome(), cause.retryable(), cause);
      }
      throw e;
    }
  }

  @Override
  public OpenedObject open(ObjectRef object, @Nullable String name) {
    Session live = live();
    long number = live.objects.nextOpening();
    ObjectState state = live.objects.open(object, number);
    while (state.busy()) {
      await(new Work.Task(live, batch -> {}));
    }
    try {
      return read(live, state, new Opening(object, live.epoch, number), name);
    } catch (RocksDBException e) {
      live.objects.release(object, number);
      throw Failures.read("its state", object, e);
    }
  }

  private OpenedObject read(Session live, ObjectState state, Opening opening, @Nullable String name)
      throws RocksDBException {
    int namespace = live.namespaces.number(opening.object().namespace());
    StoredObject found = StoredObject.read(live.database, namespace, opening.object().id());
    Head head = found.head();
    if (head.seq() == 0) {
      head = new Head(0, 0, Head.NO_ALARM, 0, name);
    }
    synchronized (state) {
      if (state.opening == opening.number()) {
        state.namespace = namespace;
        state.head = head;
        state.visibleIncarnation = head.incarnation();
        state.failed = ObjectState.RELEASED;
      }
    }
    return new OpenedObject(
        opening,
        head.seq(),
        new Generation(head.generation()),
        head.name(),
        head.alarm() == Head.NO_ALARM
            ? AlarmTime.NEVER
            : AlarmTime.at(Instant.ofEpochMilli(head.alarm())),
        found.entries(),
        found.whole());
  }

  @Override
  public void release(Opening opening) {
    Session live = session;
    if (opening.epoch() == live.epoch) {
      live.objects.release(opening.object(), opening.number());
    }
  }

  @Override
  public byte @Nullable [] get(ObjectRef object, EntryKey key, View view) {
    Session live = live();
    int namespace = live.namespaces.number(object.namespace());
    try {
      return switch (view) {
        case View.Current current ->
            EntryReader.get(
                live.database,
                namespace,
                object.id(),
                key.bytes()[0] == EntryKind.META.code() ? 0 : incarnation(live, object, namespace),
                key);
        case View.EndOf end -> {
          try (HistoryReader history =
              new HistoryReader(live.database, namespace, object.id(), end.generation().packed())) {
            yield history.get(key);
          }
        }
      };
    } catch (RocksDBException e) {
      throw Failures.read("entry " + key, object, e);
    }
  }

  private static int incarnation(Session live, ObjectRef object, int namespace)
      throws RocksDBException {
    ObjectState state = live.objects.get(object);
    if (state != null) {
      return state.visibleIncarnation;
    }
    byte[] head = live.database.get(Keys.head(namespace, object.id()));
    return head == null ? 0 : Head.decode(head).incarnation();
  }

  @Override
  public ScanPage scan(ObjectRef object, ScanRange range, View view) {
    Session live = live();
    int namespace = live.namespaces.number(object.namespace());
    try {
      return switch (view) {
        case View.Current current ->
            EntryReader.scan(
                live.database, namespace, object.id(), incarnation(live, object, namespace), range);
        case View.EndOf end -> {
          try (HistoryReader history =
              new HistoryReader(live.database, namespace, object.id(), end.generation().packed())) {
            yield history.scan(range);
          }
        }
      };
    } catch (RocksDBException e) {
      throw Failures.read("entries from " + range.from() + " to " + range.to(), object, e);
    }
  }

  @Override
  public void submit(CommitGroup group, CommitListener listener) {
    Session live = session;
    Work.Group work = new Work.Group(live, group, listener);
    queue.reserve(work.weight());
    for (int i = 0; i < work.states.length; i++) {
      Commit commit = work.commits.get(i);
      Opening opening = commit.opening();
      ObjectState state = live.epoch == opening.epoch() ? live.objects.get(opening.object()) : null;
      if (state != null) {
        state.arrive();
        if (state.opening == opening.number()) {
          work.states[i] = state;
        } else if (state.depart() && state.opening == ObjectState.RELEASED) {
          live.objects.settle(opening.object());
        }
      }
    }
    queue.add(work);
  }

  @Override
  public List<DueAlarm> dueAlarms(int limit) {
    Session live = live();
    long now = options.clock().millis();
    List<DueAlarm> due = new ArrayList<>();
    byte[] prefix = {Keys.ALARM};
    try (Cursor cursor = live.database.cursor()) {
      boolean more = cursor.seek(prefix);
      while (more && due.size() < limit && Keys.startsWith(cursor.key(), prefix)) {
        byte[] key = cursor.key();
        long at = Keys.alarmMillis(key);
        if (at > now) {
          break;
        }
        byte[] name = cursor.value();
        due.add(
            new DueAlarm(
                new ObjectRef(
                    live.namespaces.name(Keys.intAt(key, 9)),
                    Keys.id(
                        key,
                        13,
                        name.length == 0 ? null : new String(name, StandardCharsets.UTF_8))),
                Instant.ofEpochMilli(at)));
        more = cursor.next();
      }
    } catch (RocksDBException e) {
      throw Failures.read("due alarms", e);
    }
    return due;
  }

  @Override
  public Optional<Instant> nextAlarm() {
    byte[] prefix = {Keys.ALARM};
    try (Cursor cursor = live().database.cursor()) {
      return cursor.seek(prefix) && Keys.startsWith(cursor.key(), prefix)
          ? Optional.of(Instant.ofEpochMilli(Keys.alarmMillis(cursor.key())))
          : Optional.empty();
    } catch (RocksDBException e) {
      throw Failures.read("the next alarm", e);
    }
  }

  @Override
  public Directory directory() {
    return objects;
  }

  @Override
  public PruneReport prune(int budget) {
    return new PruneReport(0, 0, true);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    queue.add(new Work.Stop());
    committer.join();
    session.database.close();
    try {
      mark.close();
      lock.close();
    } catch (IOException e) {
      throw new StorageException(
          "cannot close the store in " + directory + ": " + e.getMessage(),
          Outcome.UNKNOWN,
          false,
          e);
    }
  }
}
