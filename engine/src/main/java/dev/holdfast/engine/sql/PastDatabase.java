// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.engine.sql.page.PageEntries;
import dev.holdfast.engine.sql.page.ScratchFile;
import dev.holdfast.engine.sql.text.Script;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of an object as it was at a moment, in a file of its own: the first statement makes
 * it, and the end of the turn removes it, or the turn's look at many others before: then the next
 * statement makes it again. Object thread only, but for {@link #interrupt}.
 */
final class PastDatabase implements DatabaseHost {
  private static final Logger log = LoggerFactory.getLogger(PastDatabase.class);

  private final SqlState now;
  private final ObjectStore store;
  private final SqlRuntime runtime;
  private final View view;
  private final Set<Cursor> open = new LinkedHashSet<>();
  private volatile @Nullable Database database;
  private volatile boolean interrupted;

  /** Whether it has a place among the open ones. */
  private final AtomicBoolean place = new AtomicBoolean();

  /**
   * @param now the same database as it is
   */
  PastDatabase(SqlState now, ObjectStore store, SqlRuntime runtime, View view) {
    this.now = now;
    this.store = store;
    this.runtime = runtime;
    this.view = view;
  }

  @Override
  public ObjectRef object() {
    return now.object();
  }

  @Override
  public SqlLimits limits() {
    return now.limits();
  }

  @Override
  public long commitBytes() {
    return now.commitBytes();
  }

  @Override
  public Database enter() {
    Database known = database;
    if (known == null) {
      try {
        known = make();
      } catch (SQLException | IOException e) {
        throw broke("cannot be opened", e);
      }
      database = known;
      if (interrupted) {
        interrupt();
      }
    }
    return known;
  }

  /**
   * The activation is over: stops what runs, and whatever is begun later and is not soon at its
   * end, and lets others have its place. Any thread.
   */
  void interrupt() {
    interrupted = true;
    Database running = database;
    if (running != null) {
      running.interrupt();
      freePlace();
    }
  }

  /** Whether it has its file open. */
  boolean isOpen() {
    return database != null;
  }

  /** Whether it has its file open, and nobody reads rows of it. */
  boolean isIdle() {
    return isOpen() && open.isEmpty();
  }

  private Database make() throws SQLException, IOException {
    now.makeRoomForPast();
    runtime.open().takePlace(object(), now.hasOpen());
    place.set(true);
    Database made = null;
    try {
      now.checkThread();
      made = makeFile();
    } finally {
      if (made == null) {
        freePlace();
      }
    }
    return made;
  }

  private void freePlace() {
    if (place.getAndSet(false)) {
      runtime.open().freePlace();
    }
  }

  private Database makeFile() throws SQLException, IOException {
    ScratchFile file = runtime.folder().createPast();
    Database made = null;
    try {
      Head head = Head.read(store, object(), view);
      if (head != null) {
        PageEntries.write(store, object(), view, head, runtime.codec(), file);
      }
      made = Database.open(file, limits(), valueBytes(), head == null);
    } finally {
      if (made == null) {
        file.discard();
      }
    }
    made.readOnly();
    return made;
  }

  @Override
  public void set(Script.Setting setting) {
    // It holds until the turn ends, and so does the connection.
  }

  @Override
  public void reads(Cursor rows) {
    open.add(rows);
  }

  @Override
  public void readsNoMore(Cursor rows) {
    open.remove(rows);
  }

  /** The object itself is well. */
  @Override
  public Error broke(String what, Exception why) {
    throw new StorageException(
        "%s: the SQL database of a past moment %s: %s".formatted(object(), what, why.getMessage()),
        Outcome.NOT_APPLIED,
        true,
        why);
  }

  void close() {
    List.copyOf(open).forEach(rows -> rows.end("the turn has ended"));
    Database last = database;
    database = null;
    if (last != null) {
      try (last) {
        last.file().discard();
      } catch (SQLException | IOException e) {
        log.warn("{}: the file of a past moment could not be removed", object(), e);
      }
      freePlace();
    }
  }
}
