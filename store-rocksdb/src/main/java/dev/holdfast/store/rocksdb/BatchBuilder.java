// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.Pin;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Turns groups of commits into puts and deletes of one batch. Committer thread only; one per
 * session.
 *
 * <p>A group is taken in two steps. The first checks every commit and reads what its writes
 * supersede; it may refuse the group and then has changed nothing but the knowledge of what the
 * database holds. The second adds to the batch and moves the objects' states on; it cannot fail. So
 * a batch never holds half a group.
 *
 * <p>An object's head is added once per batch, however many of its commits the batch holds: beside
 * the entries of the first of them, since RocksDB inserts faster where it has just been, and it is
 * brought up to date when the batch is finished. An entry that is overwritten with a value of the
 * same length, as a counter is, keeps its place in the batch: the batch is applied as a whole, so
 * nobody sees what was there.
 */
final class BatchBuilder {
  private static final byte[] NOTHING = {};
  private static final byte KEPT = EntryKind.META.code();

  /** In place of an incarnation, for entries that a clear leaves alone. */
  private static final int ALL_INCARNATIONS = -1;

  private final Database database;
  private final Namespaces namespaces;
  private final NewLives lives;
  private final BatchBuffer batch = new BatchBuffer();
  private final RecentEntries recents = new RecentEntries();

  /** What the changes of the group supersede, in their order. */
  private final List<RecentEntries.Recent> superseded = new ArrayList<>();

  /** What the deletions of the group remove, in their order. */
  private final List<Erasure> erasures = new ArrayList<>();

  /** Objects that the batch deletes. */
  private final List<ObjectState> deleted = new ArrayList<>();

  /** By how many bytes a commit makes its object grow; entries that a clear leaves alone apart. */
  private long grown;

  private long grownKept;

  /** Objects whose heads the batch has. */
  private final List<Dirty> dirty = new ArrayList<>();

  private final PruneGuard pruneGuard;

  /**
   * An object that the batch changes.
   *
   * @param head its head as the batch has it so far, at {@code place}
   */
  private record Dirty(ObjectState state, Head head, int place) {}

  /** Where an object stands after the commits of the group that were checked so far. */
  private record Position(long seq, long generation, int incarnation) {}

  BatchBuilder(Database database, Namespaces namespaces, NewLives lives, PruneGuard pruneGuard) {
    this.database = database;
    this.namespaces = namespaces;
    this.lives = lives;
    this.pruneGuard = pruneGuard;
  }

  /** The batch under construction. */
  BatchBuffer batch() {
    return batch;
  }

  /**
   * Adds a group.
   *
   * @return why it was refused; null if it was added
   */
  @Nullable StorageException add(Work.Group group) {
    StorageException refusal = check(group);
    if (refusal == null) {
      apply(group);
    }
    superseded.clear();
    erasures.clear();
    return refusal;
  }

  /**
   * Whether the batch under construction must be written before a group is added: the group deletes
   * an object that the batch changes, and to find its keys, all must be in the database.
   */
  boolean precedes(Work.Group group) {
    for (int i = 0; i < group.states.length; i++) {
      ObjectState state = group.states[i];
      if (state != null && state.dirty && group.commits.get(i).delete()) {
        return true;
      }
    }
    return false;
  }

  // ---- first step: may refuse, changes nothing

  private @Nullable StorageException check(Work.Group group) {
    Map<ObjectState, Position> positions = group.states.length == 1 ? null : new HashMap<>();
    for (int i = 0; i < group.states.length; i++) {
      Commit commit = group.commits.get(i);
      ObjectState state = group.states[i];
      if (state == null || state.failed == commit.opening().number()) {
        return refused(
            commit,
            state == null
                ? "its opening is void: the object was opened again or released, or the store was"
                    + " reopened"
                : state.deleted
                    ? "the object was deleted through the same opening"
                    : "a commit before it through the same opening failed");
      }
      Head head = state.head;
      Position at = positions == null ? null : positions.get(state);
      if (at == null) {
        at = new Position(head.seq(), head.generation(), head.incarnation());
      }
      if (commit.seq() != at.seq + 1) {
        return refused(commit, "the object's last commit is " + at.seq);
      }
      if (commit.generation().packed() < at.generation) {
        return refused(
            commit,
            "its generation "
                + commit.generation()
                + (at.seq > 0
                    ? " is before that of the last commit, "
                    : " is before the first that deleted objects have left, ")
                + new Generation(at.generation));
      }
      int incarnation = at.incarnation + (commit.clear() && at.seq > 0 ? 1 : 0);
      try {
        if (commit.delete()) {
          erasures.add(Erasure.of(database, state.namespace, commit.object().id()));
        }
        readSuperseded(commit, state, incarnation);
      } catch (RocksDBException e) {
        return Failures.read("what commit " + commit.seq() + " supersedes", commit.object(), e);
      }
      if (positions != null) {
        positions.put(state, new Position(commit.seq(), commit.generation().packed(), incarnation));
      }
    }
    return null;
  }

  private static StorageException refused(Commit commit, String why) {
    return new StorageException(
        commit.object()
            + ": commit "
            + commit.seq()
            + " was refused: "
            + why
            + "; open the object again",
        Outcome.NOT_APPLIED,
        true,
        null);
  }

  private void readSuperseded(Commit commit, ObjectState state, int incarnation)
      throws RocksDBException {
    // An object that has no commit, or that this commit clears, has no entries to be superseded.
    boolean empty = state.head.seq() == 0;
    for (Change change : commit.changes()) {
      boolean kept = change.key().bytes()[0] == KEPT;
      int life = kept ? ALL_INCARNATIONS : incarnation;
      RecentEntries.Recent recent = recents.get(state, life, change.key());
      if (recent == null) {
        byte[] stored =
            empty || (commit.clear() && !kept)
                ? null
                : database.get(
                    Keys.entry(state.namespace, commit.object().id(), incarnation, change.key()));
        recent =
            stored == null
                ? recents.load(state, life, change.key(), 0, null)
                : recents.load(
                    state,
                    life,
                    change.key(),
                    Keys.longAt(stored, 0),
                    Arrays.copyOfRange(stored, 8, stored.length));
      }
      superseded.add(recent);
    }
  }

  // ---- second step: cannot fail

  private void apply(Work.Group group) {
    int next = 0;
    int nextErasure = 0;
    for (int i = 0; i < group.states.length; i++) {
      Commit commit = group.commits.get(i);
      ObjectState state = group.states[i];
      if (state == null) {
        throw new AssertionError("a void commit passed the check");
      }
      Head before = state.head;
      if (commit.delete()) {
        delete(commit, state, erasures.get(nextErasure++));
        continue;
      }
      if (state.namespace == 0) {
        state.namespace = namespaces.ensure(commit.object().namespace(), batch);
      }
      grown = 0;
      grownKept = 0;
      int incarnation = before.incarnation();
      if (before.seq() == 0) {
        enterDirectory(commit, state, before.name());
      } else if (commit.clear()) {
        endIncarnation(commit, state, incarnation++);
      }
      for (Change change : commit.changes()) {
        write(commit, state, incarnation, change, superseded.get(next++));
      }
      for (Pin pin : commit.pins()) {
        pin(commit, state, pin);
      }
      state.head =
          new Head(
              commit.seq(),
              commit.generation().packed(),
              moveAlarm(commit, state, before),
              incarnation,
              (commit.clear() ? 0 : before.bytes()) + grown,
              before.keptBytes() + grownKept,
              before.name());
      if (!state.dirty) {
        state.dirty = true;
        byte[] key = Keys.head(state.namespace, commit.object().id());
        dirty.add(new Dirty(state, state.head, batch.put(key, state.head.encode())));
      }
    }
  }

  private void write(
      Commit commit,
      ObjectState state,
      int incarnation,
      Change change,
      RecentEntries.Recent before) {
    byte[] entryKey = change.key().bytes();
    byte[] space = Keys.space(entryKey[0], incarnation);
    ObjectId id = commit.object().id();
    long generation = commit.generation().packed();
    byte[] old = before.value();
    byte[] value = change.value();
    long growth = weight(entryKey, value) - weight(entryKey, old);
    if (entryKey[0] == KEPT) {
      grownKept += growth;
    } else {
      grown += growth;
    }
    if (old != null && before.written() < generation) {
      batch.put(
          Keys.history(state.namespace, id, space, entryKey, generation), before.written(), old);
    }
    int place = RecentEntries.NOWHERE;
    if (value != null) {
      place = recents.place(before);
      if (place != RecentEntries.NOWHERE && old != null && old.length == value.length) {
        batch.replace(place, generation, value);
      } else {
        place = batch.put(Keys.entry(state.namespace, id, space, entryKey), generation, value);
      }
    } else if (old != null) {
      batch.delete(Keys.entry(state.namespace, id, space, entryKey));
    }
    recents.update(before, generation, value, place);
  }

  private static long weight(byte[] entryKey, byte @Nullable [] value) {
    return value == null ? 0 : entryKey.length + (long) value.length;
  }

  private void delete(Commit commit, ObjectState state, Erasure erasure) {
    ObjectId id = commit.object().id();
    Head head = state.head;
    if (head.seq() > 0) {
      erasure.addTo(batch);
      batch.delete(Keys.directoryById(state.namespace, id));
      String name = head.name();
      if (name != null) {
        batch.delete(Keys.directoryByName(state.namespace, name.getBytes(StandardCharsets.UTF_8)));
      }
      if (head.alarm() != Head.NO_ALARM) {
        batch.delete(Keys.alarm(head.alarm(), state.namespace, id));
      }
      lives.deleted(commit.generation(), batch);
      pruneGuard.note(state.namespace, id);
      deleted.add(state);
    }
    state.head = Head.NONE;
    state.lives++;
    state.failed = commit.opening().number();
    state.deleted = true;
  }

  private void enterDirectory(Commit commit, ObjectState state, @Nullable String name) {
    ObjectId id = commit.object().id();
    long created = commit.generation().second();
    batch.put(Keys.directoryById(state.namespace, id), DirectoryRecords.byId(created, name));
    if (name != null) {
      batch.put(
          Keys.directoryByName(state.namespace, name.getBytes(StandardCharsets.UTF_8)),
          DirectoryRecords.byName(created, id));
    }
  }

  private void endIncarnation(Commit commit, ObjectState state, int incarnation) {
    batch.put(
        Keys.formerIncarnation(
            state.namespace, commit.object().id(), commit.generation().packed(), incarnation),
        NOTHING);
  }

  private void pin(Commit commit, ObjectState state, Pin pin) {
    batch.put(
        Keys.pin(
            state.namespace,
            commit.object().id(),
            pin.generation().packed(),
            pin.until().toEpochMilli()),
        NOTHING);
    pruneGuard.note(state.namespace, commit.object().id());
  }

  /** Enters the commit's alarm time, if it has one, into the index, and tells the object's. */
  private long moveAlarm(Commit commit, ObjectState state, Head before) {
    AlarmTime alarm = commit.alarm();
    if (alarm == null) {
      return before.alarm();
    }
    long millis = alarm.at() == null ? Head.NO_ALARM : alarm.at().toEpochMilli();
    if (millis != before.alarm()) {
      ObjectId id = commit.object().id();
      if (before.alarm() != Head.NO_ALARM) {
        batch.delete(Keys.alarm(before.alarm(), state.namespace, id));
      }
      if (millis != Head.NO_ALARM) {
        batch.put(Keys.alarm(millis, state.namespace, id), DirectoryRecords.flagged(before.name()));
      }
    }
    return millis;
  }

  // ---- the batch as a whole

  /** Brings the heads up to date; false if there is nothing to write. */
  boolean finish() {
    for (Dirty object : dirty) {
      if (object.head != object.state.head) {
        batch.replace(object.place, object.state.head.encode());
      }
    }
    return batch.count() > 0;
  }

  /** The batch is on disk: readers see it, and the next one begins. */
  void written() {
    for (Dirty object : dirty) {
      object.state.dirty = false;
      object.state.visibleIncarnation = object.state.head.incarnation();
    }
    for (ObjectState state : deleted) {
      state.visibleIncarnation = ObjectState.UNKNOWN;
    }
    deleted.clear();
    namespaces.written();
    dirty.clear();
    batch.clear();
    recents.nextBatch();
  }
}
