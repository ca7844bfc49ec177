// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.engine.sql.page.PageEntries;
import dev.holdfast.engine.sql.page.ScratchFile;
import dev.holdfast.engine.sql.text.Script;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of an object as it is, for its activation: opened when a turn uses it, in a file
 * that is found or made anew from the store; and between turns it may be closed, as others need its
 * place. Object thread only, but for {@link #interrupt}.
 */
final class CurrentDatabase {
  private static final Logger log = LoggerFactory.getLogger(CurrentDatabase.class);

  private final ObjectRef object;
  private final ObjectStore store;
  private final Turns turns;
  private final SqlRuntime runtime;
  private final Function<StorageException, Error> broken;

  /** Texts that set pragmas, by the names of these. */
  private final Map<String, String> settings = new LinkedHashMap<>();

  /** The open database; it may be closed while no turn uses it. */
  private volatile OpenDatabases.@Nullable Lease lease;

  /** The same, while the turn uses it. */
  private volatile @Nullable Database database;

  private volatile boolean interrupted;

  /** Of the database after the last turn that changed it; null if there is none. */
  private @Nullable Head head;

  private boolean headKnown;

  /**
   * @param broken discards the activation because of a failure; what it returns is to be thrown
   */
  CurrentDatabase(
      ObjectRef object,
      ObjectStore store,
      Turns turns,
      SqlRuntime runtime,
      Function<StorageException, Error> broken) {
    this.object = object;
    this.store = store;
    this.turns = turns;
    this.runtime = runtime;
    this.broken = broken;
  }

  // ---------------------------------------------------------------- what is kept about it

  /** What the store has of it; null if there is none. */
  @Nullable Head head() {
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

  /** The turn has changed it; null if everything was deleted. */
  void changedTo(@Nullable Head after) {
    head = after;
    headKnown = true;
  }

  /** Is to hold for the connection, and for later ones of this activation. */
  void set(Script.Setting setting) {
    settings.put(setting.pragma(), setting.text());
  }

  // ---------------------------------------------------------------- a turn

  /** The open database, if the turn uses it; else null. */
  @Nullable Database inUse() {
    return database;
  }

  /**
   * The open database, for a turn that did not use it until now.
   *
   * @param hasAnother whether the turn has another database open
   */
  Database use(boolean hasAnother) throws SQLException, IOException {
    OpenDatabases.Lease held = lease;
    Database known = held == null ? null : held.take();
    if (known == null) {
      known = open(hasAnother);
    }
    database = known;
    if (interrupted) {
      interrupt(); // While it was being opened there was nothing to stop.
    }
    turns.checkThread();
    return known;
  }

  private Database open(boolean hasAnother) throws SQLException, IOException {
    OpenDatabases all = runtime.open();
    all.awaitSleeper(object.id());
    Head last = head();
    all.takePlace(object, hasAnother);
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

  private Database openFile(@Nullable Head last) throws SQLException, IOException {
    ScratchFile found = last == null ? null : runtime.folder().find(object.id(), last);
    ScratchFile file = found == null ? runtime.folder().create(object.id()) : found;
    Database opened = null;
    try {
      if (found == null && last != null) {
        rebuild(file, last);
      }
      opened = Database.open(file, runtime.limits(), runtime.commitBytes(), last == null);
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

  /** The turn that used it has ended. */
  void rest() {
    OpenDatabases.Lease held = lease;
    database = null;
    if (held != null) {
      held.rest(head);
    }
  }

  // ---------------------------------------------------------------- the end

  /**
   * The activation is over: stops what runs, and whatever is begun later and is not soon at its
   * end, and lets others have its place if a turn has it. Any thread.
   */
  void interrupt() {
    interrupted = true;
    Database running = database;
    if (running != null) {
      running.interrupt();
    }
    OpenDatabases.Lease held = lease;
    if (held != null) {
      held.abandon();
    }
  }

  /** The activation sleeps: the next one waits until the file can be used again. */
  void sleeps() {
    OpenDatabases.Lease held = lease;
    if (held != null) {
      held.sleeps();
    }
  }

  /** Lets go of the database, whose file may be used again or not. */
  void end(boolean keep) {
    OpenDatabases.Lease held = lease;
    lease = null;
    database = null;
    if (held != null) {
      held.end(keep);
    }
  }
}
