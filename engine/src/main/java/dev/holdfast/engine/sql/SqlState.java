// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.engine.sql.page.PageEntries;
import dev.holdfast.engine.sql.page.WalFile;
import dev.holdfast.engine.sql.text.Script;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.TurnPart;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.store.Change;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The part that the database of an activation has in the turns: SQLite's transaction is open while
 * the turn uses SQL, and its savepoints are the turn's transactions. Object thread only, but for
 * {@link #interrupt}.
 *
 * <p>When the turn ends SQLite commits to its log, and the pages that this has changed are handed
 * over. What SQLite has then is ahead of the store; if the store fails the commit, the activation
 * is discarded and the file too.
 */
final class SqlState implements TurnPart, DatabaseHost {
  /** Beyond, the log is moved to the database: it is looked through after each turn. */
  private static final long SETTLED_LOG_BYTES = 4 << 20;

  /** Where it is in the first page: section 1.3 of SQLite's page "Database File Format". */
  private static final int USER_VERSION_AT = 60;

  private final ObjectRef object;
  private final ObjectStore store;
  private final Turns turns;
  private final ObjectState state;
  private final SqlRuntime runtime;
  private final Function<StorageException, Error> broken;
  private final long stamp;
  private final Set<Cursor> open = new LinkedHashSet<>();

  private final CurrentDatabase current;
  private final PastDatabases pasts = new PastDatabases();
  private @Nullable JdbcDataSource dataSource;

  /** What the turn that has ended changed; null if nothing. */
  private @Nullable List<Change> changes;

  private int changedPages;
  private int userVersion;

  /**
   * @param broken discards the activation because of a failure; what it returns is to be thrown
   */
  SqlState(
      ObjectRef object,
      ObjectStore store,
      Turns turns,
      ObjectState state,
      SqlRuntime runtime,
      Function<StorageException, Error> broken) {
    this.object = object;
    this.store = store;
    this.turns = turns;
    this.state = state;
    this.runtime = runtime;
    this.broken = broken;
    this.stamp = runtime.newStamp();
    this.current = new CurrentDatabase(object, store, turns, runtime, broken);
  }

  @Override
  public ObjectRef object() {
    return object;
  }

  @Override
  public long commitBytes() {
    return runtime.commitBytes();
  }

  @Override
  public SqlLimits limits() {
    return runtime.limits();
  }

  /** Throws if a text of SQL is too long to be run. */
  void checkText(String sql) {
    Guard.checkText(this, sql);
  }

  @Override
  public Database enter() {
    try {
      Database known = current.inUse();
      if (known == null) {
        known = current.use(pasts.anyIsOpen());
      }
      known.enter(state.depth());
      return known;
    } catch (SQLException | IOException e) {
      throw broke("cannot be opened", e);
    }
  }

  @Override
  public void checkSize(long bytes) {
    state.grow(Head.growth(current.head(), bytes));
  }

  /** Whether the object has a database, also one that began in this turn. */
  boolean exists() {
    return current.inUse() != null || current.head() != null;
  }

  /** What {@code PRAGMA user_version} says, which does not take an open database. */
  int userVersion() {
    if (current.inUse() == null) {
      Head last = current.head();
      return last == null ? 0 : last.userVersion();
    }
    try {
      return (int) enter().number("PRAGMA user_version");
    } catch (SQLException e) {
      throw broke("does not tell its version", e);
    }
  }

  /** Throws if the activation is over. */
  void checkThread() {
    turns.checkThread();
  }

  /** Whether the turn has a database open: the object's, or one of the past. */
  boolean hasOpen() {
    return current.inUse() != null || pasts.anyIsOpen();
  }

  /** The database as it was in a view, until the turn ends. */
  DatabaseHost past(View view) {
    return pasts.get(view, _ -> new PastDatabase(this, store, runtime, view));
  }

  /** One more copy of a past moment is to be made. */
  void makeRoomForPast() {
    pasts.makeRoom();
  }

  /** The database for libraries. */
  JdbcDataSource dataSource() {
    JdbcDataSource known = dataSource;
    if (known == null) {
      known = new JdbcDataSource(turns, this, state);
      dataSource = known;
    }
    return known;
  }

  @Override
  public void set(Script.Setting setting) {
    current.set(setting);
  }

  @Override
  public Error broke(String what, Exception why) {
    return broken.apply(
        new StorageException(
            "%s: the SQL database %s: %s".formatted(object, what, why.getMessage()),
            Outcome.NOT_APPLIED,
            !isFaultOfTheTurn(why),
            why));
  }

  /** Whether it would happen again if the turn were run again; a disk may have room by then. */
  private boolean isFaultOfTheTurn(Exception why) {
    Database now = current.inUse();
    return why instanceof SQLiteException sqlite
        && switch (SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & 0xff)) {
          case SQLITE_CONSTRAINT -> true;
          case SQLITE_FULL -> now != null && now.mayBeAtLimit(limits());
          default -> false;
        };
  }

  // ---------------------------------------------------------------- rows that are being read

  @Override
  public void reads(Cursor rows) {
    open.add(rows);
  }

  @Override
  public void readsNoMore(Cursor rows) {
    open.remove(rows);
  }

  private void endReads(String why) {
    List.copyOf(open).forEach(rows -> rows.end(why));
  }

  // ---------------------------------------------------------------- the turn

  @Override
  public void keepTo(int depth) {
    Database now = current.inUse();
    if (now != null) {
      try {
        now.keepTo(depth);
      } catch (SQLException e) {
        throw broke("did not end a transaction", e);
      }
    }
  }

  @Override
  public void undoTo(int depth) {
    Database now = current.inUse();
    if (now != null) {
      endReads("the transaction was rolled back");
      try {
        now.undoTo(depth);
      } catch (SQLException | IOException e) {
        throw broke("did not roll back a transaction", e);
      }
    }
  }

  @Override
  public void clear() {
    current.changedTo(null);
    endReads("everything was deleted");
    endConnections();
    current.end(false);
  }

  @Override
  public void turnEnds() {
    endConnections();
  }

  private void endConnections() {
    JdbcDataSource used = dataSource;
    if (used != null) {
      used.endAll();
    }
    pasts.end();
  }

  @Override
  public void endTurn() {
    Database now = current.inUse();
    if (now == null || !now.inTransaction()) {
      return;
    }
    endReads("the turn has ended");
    try {
      WalFile.Changed changed = now.commit();
      if (changed != null) {
        capture(now, changed);
      }
      if (now.logBytes() > SETTLED_LOG_BYTES || (changed == null && now.bytesWritten() > 0)) {
        now.settle();
      }
      if (changes == null) {
        current.rest();
      }
    } catch (SQLException e) {
      throw broke("did not commit the turn", e);
    } catch (IOException e) {
      throw broke("did not show what the turn has changed", e);
    }
  }

  private void capture(Database now, WalFile.Changed changed) throws IOException {
    checkCommit(changed);
    Head before = current.head();
    userVersion = before == null ? 0 : before.userVersion();
    List<Change> pages = new ArrayList<>(changed.places().size() + 1);
    byte[] page = new byte[Database.PAGE_BYTES];
    for (Map.Entry<Integer, Long> place : changed.places().entrySet()) {
      now.readChanged(place.getValue(), page);
      if (place.getKey() == 1) {
        userVersion = ByteBuffer.wrap(page).getInt(USER_VERSION_AT);
      }
      pages.add(new Change(PageEntries.key(place.getKey()), runtime.codec().pack(page)));
    }
    for (int gone = changed.pages() + 1; before != null && gone <= before.pages(); gone++) {
      pages.add(new Change(PageEntries.key(gone), null));
    }
    changes = pages;
    changedPages = changed.pages();
  }

  /** Statements are held to the limit by SQLite's log, and it kept some pages in memory. */
  private void checkCommit(WalFile.Changed changed) {
    long bytes = (long) changed.places().size() * Database.PAGE_BYTES;
    if (bytes > commitBytes()) {
      throw broken.apply(
          new StorageException(
              "%s: this turn's SQL has changed %d bytes of pages, limit %d (limits.commit-bytes), and cannot be committed; write less in one turn, or split it with sync()"
                  .formatted(object, bytes, commitBytes()),
              Outcome.NOT_APPLIED,
              false,
              null));
    }
  }

  @Override
  public boolean hasWritten() {
    Database now = current.inUse();
    return now != null && now.hasWritten();
  }

  @Override
  public long growth() {
    Database now = current.inUse();
    try {
      return now == null ? 0 : Head.growth(current.head(), now.bytes());
    } catch (SQLException e) {
      throw broke("does not tell its size", e);
    }
  }

  @Override
  public boolean changed() {
    return changes != null;
  }

  @Override
  public List<Change> takeChanges(long seq) {
    List<Change> taken = changes;
    if (taken == null) {
      return List.of();
    }
    changes = null;
    Head after = new Head(seq, stamp, changedPages, Database.PAGE_BYTES, userVersion);
    taken.add(new Change(Head.KEY, after.encode()));
    current.changedTo(after);
    current.rest();
    return taken;
  }

  // ---------------------------------------------------------------- the end

  @Override
  public void interrupt() {
    pasts.interrupt();
    current.interrupt();
  }

  @Override
  public void sleeps() {
    current.sleeps();
  }

  @Override
  public void release(boolean orderly) {
    endReads("the activation is over");
    pasts.end();
    current.end(orderly);
  }
}
