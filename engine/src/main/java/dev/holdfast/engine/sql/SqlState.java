// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.engine.sql.page.PageEntries;
import dev.holdfast.engine.sql.page.ScratchFile;
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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The database of an activation, and its part in the turns: SQLite's transaction is open while the
 * turn uses SQL, and its savepoints are the turn's transactions. Object thread only, but for {@link
 * #interrupt}.
 *
 * <p>When the turn ends SQLite commits to its log, and the pages that this has changed are handed
 * over. What SQLite has then is ahead of the store; if the store fails the commit, the activation
 * is discarded and the file too.
 */
final class SqlState implements TurnPart, DatabaseHost {
  private static final Logger log = LoggerFactory.getLogger(SqlState.class);

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

  /** Texts that set pragmas, by the names of these. */
  private final Map<String, String> settings = new LinkedHashMap<>();

  /** The open database; it may be closed while no turn uses it. */
  private volatile OpenDatabases.@Nullable Lease lease;

  /** The same, while the turn uses it. */
  private volatile @Nullable Database database;

  /** Of the database after the last turn that changed it; null if there is none. */
  private @Nullable Head head;

  private boolean headKnown;

  private @Nullable JdbcDataSource dataSource;
  private final PastDatabases pasts = new PastDatabases();

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
    Database known = database;
    try {
      if (known == null) {
        OpenDatabases.Lease held = lease;
        known = held == null ? null : held.take();
        if (known == null) {
          known = openDatabase();
        }
        database = known;
        // An interrupt while it was being opened found nothing to stop.
        turns.checkThread();
      }
      known.enter(state.depth());
      return known;
    } catch (SQLException | IOException e) {
      throw broke("cannot be opened", e);
    }
  }

  @Override
  public void checkSize(long bytes) {
    state.grow(Head.growth(head(), bytes));
  }

  /** Whether the object has a database, also one that began in this turn. */
  boolean exists() {
    return database != null || head() != null;
  }

  /** What {@code PRAGMA user_version} says, which does not take an open database. */
  int userVersion() {
    if (database == null) {
      Head last = head();
      return last == null ? 0 : last.userVersion();
    }
    try {
      return (int) enter().number("PRAGMA user_version");
    } catch (SQLException e) {
      throw broke("does not tell its version", e);
    }
  }

  private Database openDatabase() throws SQLException, IOException {
    OpenDatabases all = runtime.open();
    all.awaitSleeper(object.id());
    Head last = head();
    all.takePlace(object, hasOpen());
    Database opened = null;
    try {
      // It may have waited until its activation was over: the file is the next one's then.
      turns.checkThread();
      opened = openFile(last);
    } finally {
      if (opened == null) {
        all.freePlace();
      }
    }
    lease = all.opened(object.id(), opened, last);
    for (String setting : settings.values()) {
      opened.run(setting);
    }
    return opened;
  }

  /** Throws if the activation is over. */
  void checkThread() {
    turns.checkThread();
  }

  /** Whether the turn has a database open: the object's, or one of the past. */
  boolean hasOpen() {
    return database != null || pasts.anyIsOpen();
  }

  private Database openFile(@Nullable Head last) throws SQLException, IOException {
    ScratchFile found = last == null ? null : runtime.folder().find(object.id(), last);
    ScratchFile file = found == null ? runtime.folder().create(object.id()) : found;
    Database opened = null;
    try {
      if (found == null && last != null) {
        rebuild(file, last);
      }
      opened = Database.open(file, limits(), valueBytes(), last == null);
    } finally {
      if (opened == null) {
        discard(file);
      }
    }
    return opened;
  }

  private void rebuild(ScratchFile file, Head last) throws IOException {
    turns.awaitCommits();
    try {
      PageEntries.write(store, object, View.current(), last, runtime.codec(), file);
      if (!last.equals(Head.read(store, object, View.current()))) {
        // The pages may be of both. If it commits it will be told that it is not the owner any
        // more.
        throw new IOException("somebody else has changed it while it was read");
      }
    } catch (StorageException e) {
      throw broken.apply(e);
    }
    runtime.rebuilt(last.pages());
  }

  private void discard(ScratchFile file) {
    try {
      file.discard();
    } catch (IOException e) {
      log.warn("{}: its scratch file could not be removed", object, e);
    }
  }

  private @Nullable Head head() {
    if (!headKnown) {
      try {
        head = Head.read(store, object, View.current());
      } catch (StorageException e) {
        throw broken.apply(e);
      }
      headKnown = true;
    }
    return head;
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
    settings.put(setting.pragma(), setting.text());
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
    Database now = database;
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
    Database now = database;
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
    Database now = database;
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
    head = null;
    headKnown = true;
    endReads("everything was deleted");
    endConnections();
    end(false);
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
    Database now = database;
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
        rest();
      }
    } catch (SQLException e) {
      throw broke("did not commit the turn", e);
    } catch (IOException e) {
      throw broke("did not show what the turn has changed", e);
    }
  }

  private void capture(Database now, WalFile.Changed changed) throws IOException {
    checkCommit(changed);
    Head before = head();
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
    Database now = database;
    return now != null && now.hasWritten();
  }

  @Override
  public long growth() {
    Database now = database;
    try {
      return now == null ? 0 : Head.growth(head(), now.bytes());
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
    head = after;
    rest();
    return taken;
  }

  private void rest() {
    OpenDatabases.Lease held = lease;
    database = null;
    if (held != null) {
      held.rest(head);
    }
  }

  // ---------------------------------------------------------------- the end

  @Override
  public void interrupt() {
    pasts.interrupt();
    Database running = database;
    if (running != null) {
      try {
        running.interrupt();
      } catch (SQLException e) {
        log.debug("{}: its database was closed when it was to be interrupted", object, e);
      }
    }
    OpenDatabases.Lease held = lease;
    if (held != null) {
      held.abandon();
    }
  }

  @Override
  public void sleeps() {
    OpenDatabases.Lease held = lease;
    if (held != null) {
      held.sleeps();
    }
  }

  @Override
  public void release(boolean orderly) {
    endReads("the activation is over");
    pasts.end();
    end(orderly);
  }

  /** Lets go of the database, whose file may be used again or not. */
  private void end(boolean keep) {
    OpenDatabases.Lease held = lease;
    lease = null;
    database = null;
    if (held != null) {
      held.end(keep);
    }
  }
}
