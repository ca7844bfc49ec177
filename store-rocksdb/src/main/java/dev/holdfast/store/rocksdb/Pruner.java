// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.Generation;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.Retention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Removes superseded versions that nobody can ask for any more: a pass goes through the history,
 * then through the entries of former incarnations, then through the pins, a bounded step at a time.
 *
 * <p>A step reads beside the committer and gives its removals to it, so that there is one writer.
 * It looks at the store only after everything that was submitted before it is visible, and {@link
 * PruneGuard} covers what is submitted after. A removal never touches a current entry: versions in
 * the history are never written again, and former incarnations never come back.
 *
 * <p>One step at a time.
 */
final class Pruner {
  /** The tables of a pass, in their order. */
  private static final byte[] TABLES = {Keys.HISTORY, Keys.INCARNATION, Keys.PIN};

  private final LongSupplier nowMillis;
  private final Consumer<Work.Task> submit;

  /** Where the next step begins. */
  private byte[] position = {Keys.HISTORY};

  /** Where in the entries of a former incarnation it begins; null for their beginning. */
  private byte @Nullable [] entryPosition;

  Pruner(LongSupplier nowMillis, Consumer<Work.Task> submit) {
    this.nowMillis = nowMillis;
    this.submit = submit;
  }

  /** A key to be removed, and of which version it is, if of any. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Removal(byte[] key, @Nullable Version version) {}

  /** In which generations a version was written, and superseded. */
  private record Version(Generation from, Generation superseded) {}

  synchronized PruneReport prune(Session session, int budget) throws RocksDBException {
    session.pruneGuard.begin();
    try {
      // Whatever was submitted before is visible then; whatever comes after, the guard notes.
      submit.accept(new Work.Task(session, session.pruningRule::note));
      Step step = new Step(session, budget);
      step.run();
      AtomicInteger removed = new AtomicInteger();
      if (!step.removals.isEmpty()) {
        submit.accept(
            new Work.Task(session, batch -> remove(session, step.removals, batch, removed)));
      }
      return new PruneReport(step.examined, removed.get(), step.completed);
    } finally {
      session.pruneGuard.end();
    }
  }

  /** Committer thread. */
  private static void remove(
      Session session, List<Removal> removals, BatchBuffer batch, AtomicInteger removed) {
    Retention.Since left = session.pruningRule.rule().since();
    for (Removal removal : removals) {
      byte[] key = removal.key();
      if (!session.pruneGuard.protects(Keys.intAt(key, 1), Keys.id(key, 5, null))) {
        batch.delete(key);
        Version version = removal.version();
        if (version != null) {
          left = left.without(version.from(), version.superseded());
          removed.incrementAndGet();
        }
      }
    }
    session.pruningRule.removed(left, batch);
  }

  /** One step. */
  private final class Step {
    private final Session session;
    private final Retention rule;
    private final long nowMillis;
    private final List<Removal> removals = new ArrayList<>();
    private int left;
    private int examined;
    private boolean completed;

    // The pins of the object that is looked at.
    private byte[] pinsOf = {};
    private final List<Long> pins = new ArrayList<>();

    Step(Session session, int budget) {
      this.session = session;
      this.rule = session.pruningRule.rule();
      this.nowMillis = Pruner.this.nowMillis.getAsLong();
      this.left = budget;
    }

    void run() throws RocksDBException {
      try (Cursor cursor = session.database.cursor();
          Cursor beside = session.database.cursor()) {
        for (byte table : TABLES) {
          if (table < position[0]) {
            continue;
          }
          boolean more = cursor.seek(position);
          while (more && cursor.key()[0] == table) {
            position = cursor.key();
            if (left <= 0 || !look(table, cursor, beside)) {
              return;
            }
            more = cursor.next();
          }
          position = new byte[] {(byte) (table + 1)};
        }
      }
      position = new byte[] {Keys.HISTORY};
      completed = true;
    }

    /** Looks at what the cursor is at; false if the budget ended before it was done. */
    private boolean look(byte table, Cursor cursor, Cursor beside) throws RocksDBException {
      byte[] key = cursor.key();
      switch (table) {
        case Keys.HISTORY -> version(key, cursor.value(), Keys.superseded(key), beside);
        case Keys.INCARNATION -> {
          return incarnation(key, beside);
        }
        default -> {
          left--;
          if (Keys.longAt(key, Keys.PREFIX + 8) <= nowMillis) {
            removals.add(new Removal(key, null));
          }
        }
      }
      return true;
    }

    private boolean version(byte[] key, byte[] value, long superseded, Cursor beside)
        throws RocksDBException {
      left--;
      examined++;
      long written = Keys.longAt(value, 0);
      Version version = new Version(new Generation(written), new Generation(superseded));
      boolean kept =
          rule.keeps(version.from(), version.superseded(), nowMillis / 1000)
              || pinned(key, written, superseded, beside);
      if (!kept) {
        removals.add(new Removal(key, version));
      }
      return kept;
    }

    private boolean pinned(byte[] key, long written, long superseded, Cursor beside)
        throws RocksDBException {
      byte[] object = Arrays.copyOf(key, Keys.PREFIX);
      object[0] = Keys.PIN;
      if (!Arrays.equals(object, pinsOf)) {
        pinsOf = object;
        pins.clear();
        boolean more = beside.seek(object);
        while (more && Keys.startsWith(beside.key(), object)) {
          if (Keys.longAt(beside.key(), Keys.PREFIX + 8) > nowMillis) {
            pins.add(Keys.longAt(beside.key(), Keys.PREFIX));
          }
          more = beside.next();
        }
      }
      for (long pin : pins) {
        if (written <= pin && pin < superseded) {
          return true;
        }
      }
      return false;
    }

    /** Looks at the entries of a former incarnation; when none is left, it is forgotten. */
    private boolean incarnation(byte[] key, Cursor beside) throws RocksDBException {
      int namespace = Keys.intAt(key, 1);
      ObjectId id = Keys.id(key, 5, null);
      long ended = Keys.longAt(key, Keys.PREFIX);
      byte[] space = Keys.space((byte) 0, Keys.intAt(key, Keys.PREFIX + 8));
      byte[] entries = Keys.entry(namespace, id, space, new byte[0]);
      byte[] from = entryPosition == null ? entries : entryPosition;
      boolean any = entryPosition != null;
      try (Cursor cursor = session.database.cursor()) {
        boolean more = cursor.seek(from);
        while (more && Keys.startsWith(cursor.key(), entries)) {
          any = true;
          if (left <= 0) {
            entryPosition = cursor.key();
            return false;
          }
          version(cursor.key(), cursor.value(), ended, beside);
          more = cursor.next();
        }
      }
      entryPosition = null;
      left--;
      byte[] versions = Keys.historyFrom(namespace, id, space, new byte[0]);
      if (!any && !(beside.seek(versions) && Keys.startsWith(beside.key(), versions))) {
        removals.add(new Removal(key, null));
      }
      return true;
    }
  }
}
