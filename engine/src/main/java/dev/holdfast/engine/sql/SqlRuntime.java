// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.ObjectId;
import dev.holdfast.Storage;
import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.page.PageCodec;
import dev.holdfast.engine.sql.page.ScratchFolder;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.StateLimits;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the SQL databases of a node share. Thread-safe. */
public final class SqlRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SqlRuntime.class);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  /** Less than an event may take: code that blocks in its turn is to see what becomes of it. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final SqlOptions options;
  private final StateLimits limits;
  private final PageCodec codec = new PageCodec();
  private final SecureRandom random = new SecureRandom();
  private final LongAdder rebuilt = new LongAdder();
  private final OpenDatabases open;

  // Guarded by this.
  private @Nullable ScratchFolder folder;
  private boolean closed;

  /** The runtime of a node. */
  public SqlRuntime(SqlOptions options, StateLimits limits) {
    this.options = options;
    this.limits = limits;
    this.open = new OpenDatabases(options.limits().openDatabases(), options.openBytes(), PATIENCE);
  }

  /**
   * The database of an activation, opened when it is used.
   *
   * @param broken discards the activation because of a failure; what it returns is thrown
   */
  public ObjectSql open(
      ObjectRef object,
      ObjectStore store,
      Turns turns,
      ObjectState state,
      Storage storage,
      Function<StorageException, Error> broken) {
    SqlState sql = new SqlState(object, store, turns, state, this, broken);
    state.join(sql);
    return new ObjectSql(turns, storage, sql, limits.listBytes());
  }

  SqlLimits limits() {
    return options.limits();
  }

  /** How many bytes of pages a turn may change. */
  long commitBytes() {
    return limits.commitBytes();
  }

  OpenDatabases open() {
    return open;
  }

  PageCodec codec() {
    return codec;
  }

  /**
   * The folder of scratch files, made when the first object needs it.
   *
   * @throws IOException if it cannot be made, or this is closed
   */
  synchronized ScratchFolder folder() throws IOException {
    if (closed) {
      throw new IOException("the engine has ended, and the scratch files are another's");
    }
    ScratchFolder known = folder;
    if (known == null) {
      Path root = options.scratch();
      known =
          root == null ? openFolder(Files.createTempDirectory("holdfast-sql-")) : openFolder(root);
      folder = known;
    }
    return known;
  }

  private ScratchFolder openFolder(Path root) throws IOException {
    return ScratchFolder.open(root, options.scratchLimits(), System.currentTimeMillis());
  }

  /**
   * Removes the files of an object that was deleted. Waits for its database, if that is being
   * closed. What cannot be removed is logged, and never used again.
   */
  public void forget(ObjectId object) {
    open.awaitClosed(object);
    try {
      if (exists()) {
        folder().forget(object);
      }
    } catch (IOException e) {
      log.warn("{}: its scratch files could not be removed", object, e);
    }
  }

  private synchronized boolean exists() {
    Path root = options.scratch();
    return !closed && (folder != null || (root != null && Files.isDirectory(root)));
  }

  long newStamp() {
    return random.nextLong();
  }

  void rebuilt(long pages) {
    rebuilt.add(pages);
  }

  /** How many pages were read from the store, as there was no file to be relied on. */
  public long pagesRebuilt() {
    return rebuilt.sum();
  }

  /**
   * Waits until the databases of all activations are closed, which are over; then lets go of the
   * folder, and removes it if it is one for this run alone. Databases of turns that have not ended
   * stay open, in files that nobody else finds.
   */
  @Override
  public void close() {
    if (!open.awaitClosed(CLOSING)) {
      log.warn("SQL databases were not closed within {}; they will be made anew", CLOSING);
    }
    closeFolder();
  }

  private synchronized void closeFolder() {
    closed = true;
    ScratchFolder known = folder;
    if (known == null) {
      return;
    }
    try {
      known.close();
    } catch (IOException e) {
      log.warn("the folder of scratch files cannot be closed, nobody else can use it now", e);
    }
    if (options.scratch() == null) {
      known.remove();
    }
  }
}
