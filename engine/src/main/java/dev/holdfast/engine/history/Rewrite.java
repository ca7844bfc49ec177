// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.ObjectId;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.state.AppendedKeys;
import dev.holdfast.engine.state.StoredEntries;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Pin;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of an object back to a moment of its past, while it is opened and before any code of it
 * runs: compares all entries with those of then, and commits what differs, a bounded part at a
 * time, bounded in what is read too.
 *
 * <p>Each commit says up to where everything is as it was then, so whoever opens the object next
 * goes on there. All commits belong to one generation, which no other commit belongs to: no view of
 * the past shows the object half way.
 */
public final class Rewrite {
  private static final Logger log = LoggerFactory.getLogger(Rewrite.class);
  private static final long PART_BYTES = 4 << 20;

  // What is read and stays as it is takes time too: an event that passes a limit must leave
  // something to go on with.
  private static final int PART_ENTRIES = 10_000;
  private static final long PART_READ_BYTES = 64 << 20;

  private final ObjectStore store;
  private final ObjectRef object;
  private final ObjectRef source;
  private final OpenedObject opened;
  private final RewriteMark mark;
  private final Generation generation;
  private final Instant now;

  // What goes with the first part, besides entries that go back.
  private final List<Change> first = new ArrayList<>();
  private final List<Pin> pins = new ArrayList<>();
  private long seq;

  private Rewrite(
      ObjectStore store,
      OpenedObject opened,
      RewriteMark mark,
      Generation generation,
      Instant now) {
    this.store = store;
    this.object = opened.opening().object();
    this.source = new ObjectRef(object.namespace(), mark.source());
    this.opened = opened;
    this.mark = mark;
    this.generation = generation;
    this.now = now;
    this.seq = opened.seq();
  }

  /**
   * The bookmark of an object that names that generation.
   *
   * @return null if it is not good
   * @throws StorageException if the store cannot be read
   */
  public static @Nullable HandedOut find(
      ObjectStore store, ObjectRef object, Generation bookmark, Instant now) {
    return bookmark.equals(Generation.NONE)
        ? new HandedOut(Instant.MAX, Generation.NONE)
        : Bookmarks.find(
            object, bookmark, store.get(object, MetaKeys.bookmark(bookmark), View.current()), now);
  }

  /**
   * Makes an object that does not exist what another one was at the end of a generation.
   *
   * @param opened the new one
   * @param source the id of the other one, of the same namespace
   * @param then the moment, which has come
   * @throws StorageException if the store fails; what was done stays done, and opening the object
   *     goes on with it: then the outcome is {@link Outcome#UNKNOWN}
   * @throws SourceGone if the other one was deleted meanwhile; then nothing of the new one remains
   */
  public static void fork(
      ObjectStore store,
      OpenedObject opened,
      ObjectId source,
      Generation bookmark,
      HandedOut then,
      Instant now)
      throws SourceGone {
    RewriteMark mark = RewriteMark.fork(source, bookmark, then);
    Generation generation = opened.generation().advancedTo(now.getEpochSecond());
    Rewrite fork = new Rewrite(store, opened, mark, generation, now);
    Change continued = AppendedKeys.continuing(store, fork.source);
    if (continued != null) {
      fork.first.add(continued);
    }
    try {
      fork.runOrUndo();
    } catch (StorageException e) {
      throw fork.seq == 0 ? e : fork.brokeOff(e);
    }
  }

  private StorageException brokeOff(StorageException failure) {
    return new StorageException(
        "%s: making it what %s was broke off, and goes on when it is called next: %s"
            .formatted(object, source, failure.getMessage()),
        Outcome.UNKNOWN,
        false,
        failure);
  }

  /**
   * Completes what the object that was opened has begun or is to begin.
   *
   * @return whether it was rewritten, and so must be opened again
   * @throws StorageException if the store fails, or the moment that it was to become and half is
   *     cannot be read any more; what was done stays done, and nothing else was
   */
  public static boolean complete(ObjectStore store, OpenedObject opened, Instant now) {
    if (opened.seq() == 0) {
      return false;
    }
    byte[] kept = mark(store, opened);
    if (kept == null) {
      return false;
    }
    Generation last = opened.generation();
    RewriteMark mark = RewriteMark.decode(opened.opening().object(), kept);
    if (mark.lacksTimes()) {
      mark = mark.withTimes(readableUntil(store, opened, mark), last);
    }
    try {
      if (mark.from() != null) {
        new Rewrite(store, opened, mark, last, now).goOn();
      } else {
        Generation next = last.next().advancedTo(now.getEpochSecond());
        new Rewrite(store, opened, mark, next, now).begin(last);
      }
    } catch (SourceGone e) {
      log.warn(
          "{}: its fork had not ended when the object that it was made from was deleted; it is deleted too",
          opened.opening().object());
    } catch (StorageException e) {
      throw new StorageException(
          "%s: it could not be brought to the state that it is to have: %s"
              .formatted(opened.opening().object(), e.getMessage()),
          Outcome.NOT_APPLIED,
          e.retryable(),
          e);
    }
    return true;
  }

  /**
   * The mark of an object; null if it has none. Where it did not come whole, that is one more read
   * for each opening: of the block of entries that was just read to open it, since what is kept
   * about an object lies right behind its head. So the head need not tell of it.
   */
  private static byte @Nullable [] mark(ObjectStore store, OpenedObject opened) {
    return opened.whole()
        ? opened.entries().stream()
            .filter(entry -> entry.key().equals(MetaKeys.REWRITE))
            .map(entry -> entry.value())
            .findFirst()
            .orElse(null)
        : store.get(opened.opening().object(), MetaKeys.REWRITE, View.current());
  }

  /**
   * Until when what a mark of the first version needs is readable: as long as its bookmark says.
   */
  private static Instant readableUntil(ObjectStore store, OpenedObject opened, RewriteMark mark) {
    ObjectRef source = new ObjectRef(opened.opening().object().namespace(), mark.source());
    HandedOut named = find(store, source, mark.bookmark(), Instant.MIN);
    return named == null ? Instant.EPOCH : named.until();
  }

  /** Goes back as the object wishes, unless the wish has ended. */
  private void begin(Generation last) throws SourceGone {
    if (!now.isBefore(mark.until())) {
      log.warn(
          "{}: it was to go back, but was not opened before {}, when the wish ended; it stays as it is",
          object,
          mark.until());
      commit(List.of(new Change(MetaKeys.REWRITE, null)), List.of());
      return;
    }
    // From here on the undoing bookmark has its moment.
    Instant until = Bookmarks.until(now);
    HandedOut undo = new HandedOut(until, last);
    first.add(new Change(MetaKeys.bookmark(mark.undo()), undo.encode(mark.undo())));
    pins.add(Bookmarks.pin(last, until));
    if (mark.to().equals(mark.undo())) {
      first.add(new Change(MetaKeys.REWRITE, null));
      commit(first, pins);
    } else {
      run();
    }
  }

  private void goOn() throws SourceGone {
    if (!now.isBefore(mark.until())) {
      throw new StorageException(
          "it is half of what %s was, that broke off, and since %s the rest cannot be read; delete it, or restore a backup"
              .formatted(source, mark.until()),
          Outcome.NOT_APPLIED,
          false,
          null);
    }
    runOrUndo();
  }

  /** What an object is made from, another one, is not there any more. */
  public static final class SourceGone extends Exception {
    private static final long serialVersionUID = 1L;

    private SourceGone() {
      super("it was deleted", null, false, false);
    }
  }

  private void runOrUndo() throws SourceGone {
    try {
      run();
    } catch (SourceGone e) {
      if (seq > 0) {
        store.commit(CommitGroup.of(Commit.delete(opened.opening(), seq + 1, generation)));
      }
      throw e;
    }
  }

  private void run() throws SourceGone {
    EntryKey from = mark.from() == null ? RewriteMark.FIRST : mark.from();
    while (from != null) {
      from = part(from);
    }
  }

  /** Commits one part, and returns where the next one begins; null if it was the last. */
  private @Nullable EntryKey part(EntryKey from) throws SourceGone {
    ScanRange rest = new ScanRange(from, RewriteMark.END, false, Integer.MAX_VALUE, Long.MAX_VALUE);
    Side then = new Side(new StoredEntries(store, source, rest, View.endOf(mark.to())));
    Side now = new Side(new StoredEntries(store, object, rest, View.current()));
    List<Change> changes = new ArrayList<>();
    long bytes = 0;
    long readBytes = 0;
    int entries = 0;
    EntryKey next = null;
    while (next == null && (then.key() != null || now.key() != null)) {
      int order = then.compareTo(now);
      Change change = null;
      if (order < 0) {
        change = new Change(then.requireKey(), then.value());
      } else if (order > 0) {
        change = new Change(now.requireKey(), null);
      } else if (!Arrays.equals(then.value(), now.value())) {
        change = new Change(then.requireKey(), then.value());
      }
      EntryKey seen = order <= 0 ? then.requireKey() : now.requireKey();
      if (order <= 0) {
        readBytes += then.advance();
      }
      if (order >= 0) {
        readBytes += now.advance();
      }
      if (change != null) {
        changes.add(change);
        bytes += change.weight();
      }
      if (++entries >= PART_ENTRIES || bytes >= PART_BYTES || readBytes >= PART_READ_BYTES) {
        next = seen.successor();
      }
    }
    checkSource();
    List<Pin> newPins = new ArrayList<>(pins);
    changes.addAll(first);
    changes.add(
        new Change(MetaKeys.REWRITE, next == null ? null : newMark(next, newPins).encode()));
    commit(changes, newPins);
    first.clear();
    pins.clear();
    return next;
  }

  /** There is more to be done, so what it needs of its own past is kept anew. */
  private RewriteMark newMark(EntryKey next, List<Pin> newPins) {
    if (!source.equals(object) || mark.to().equals(Generation.NONE)) {
      return mark.from(next, mark.until());
    }
    Instant until = Bookmarks.until(now);
    newPins.add(Bookmarks.pin(mark.to(), until));
    return mark.from(next, until);
  }

  /**
   * Throws if the source was deleted, and so what was read of it may not be all. A deletion takes
   * everything at once: whose bookmark is there now was whole until now.
   */
  private void checkSource() throws SourceGone {
    if (!source.equals(object) && find(store, source, mark.bookmark(), Instant.MIN) == null) {
      throw new SourceGone();
    }
  }

  private void commit(List<Change> changes, List<Pin> newPins) {
    store.commit(
        CommitGroup.of(
            new Commit(opened.opening(), seq + 1, generation, false, changes, null, newPins)));
    seq++;
  }

  /** The entries of one moment, one after the other; absent ones come last. */
  private static final class Side implements Comparable<Side> {
    private final StoredEntries entries;
    private Map.@Nullable Entry<EntryKey, byte[]> current;

    Side(StoredEntries entries) {
      this.entries = entries;
      long _ = advance();
    }

    /** Goes on to the next one; about how many bytes the last one has is what is returned. */
    long advance() {
      byte[] last = value();
      current = entries.hasNext() ? entries.next() : null;
      return last == null ? 0 : last.length;
    }

    @Nullable EntryKey key() {
      return current == null ? null : current.getKey();
    }

    EntryKey requireKey() {
      if (current == null) {
        throw new IllegalStateException("there is no entry any more");
      }
      return current.getKey();
    }

    byte @Nullable [] value() {
      return current == null ? null : current.getValue();
    }

    @Override
    public int compareTo(Side other) {
      EntryKey mine = key();
      EntryKey its = other.key();
      if (mine == null || its == null) {
        return Boolean.compare(mine == null, its == null);
      }
      return mine.compareTo(its);
    }
  }
}
