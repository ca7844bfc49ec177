// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.ObjectId;
import dev.holdfast.engine.sql.page.Head;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The databases of a node that are open. Thread-safe.
 *
 * <p>An open database takes memory and two files, so only so many stay open: beyond, the one that
 * was not used for longest is closed, though its activation lives. More may be open while their
 * turns use them. Databases are closed by threads of their own, as that takes the disk.
 */
final class OpenDatabases {
  private static final Logger log = LoggerFactory.getLogger(OpenDatabases.class);

  private final int limit;

  /** Those that no turn uses, the one that was not used for longest first. */
  private final LinkedHashSet<Lease> resting = new LinkedHashSet<>();

  /** Those that are not being closed. */
  private int open;

  /** Those whose activations sleep, until their files can be used again. */
  private final ConcurrentHashMap<ObjectId, Lease> sleeping = new ConcurrentHashMap<>();

  private final ConcurrentHashMap.KeySetView<Lease, Boolean> closing =
      ConcurrentHashMap.newKeySet();

  OpenDatabases(int limit) {
    this.limit = limit;
  }

  /** A database that was opened, for the activation that uses it. */
  Lease opened(ObjectId object, Database database) {
    Lease victim;
    synchronized (this) {
      open++;
      victim = victim();
    }
    closeResting(victim);
    return new Lease(object, database);
  }

  /** Waits until the database of an activation that sleeps is closed. */
  void awaitSleeper(ObjectId object) {
    Lease sleeper = sleeping.get(object);
    if (sleeper != null) {
      sleeper.closed.join();
    }
  }

  /**
   * Waits for those that are being closed, or are about to be as their activations sleep.
   *
   * @return whether all are within the time
   */
  boolean awaitClosed(Duration limit) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            Stream.concat(sleeping.values().stream(), closing.stream())
                .map(lease -> lease.closed)
                .toArray(CompletableFuture<?>[]::new));
    try {
      all.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("closing never fails: it is logged", e);
    }
  }

  /** Waits for those of an object that are being closed. */
  void awaitClosed(ObjectId object) {
    closing.stream().filter(lease -> lease.object.equals(object)).forEach(l -> l.closed.join());
  }

  /** One to be closed, if too many are open; this object's lock is held. */
  private @Nullable Lease victim() {
    if (open <= limit || resting.isEmpty()) {
      return null;
    }
    Lease oldest = resting.removeFirst();
    oldest.state = Lease.State.CLOSING;
    open--;
    return oldest;
  }

  private void closeResting(@Nullable Lease victim) {
    if (victim != null) {
      victim.closeBehind(true);
    }
  }

  /** One activation's hold of a database. */
  final class Lease {
    private enum State {
      /** A turn uses it. */
      IN_USE,
      /** No turn uses it. */
      RESTING,
      /** It is being closed, or is closed. */
      CLOSING
    }

    private final ObjectId object;
    private final Database database;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private State state = State.IN_USE;
    private @Nullable Head head;

    private Lease(ObjectId object, Database database) {
      this.object = object;
      this.database = database;
    }

    /** The database, for a turn; null if it was closed meanwhile. Object thread. */
    @Nullable Database take() {
      synchronized (OpenDatabases.this) {
        if (state != State.CLOSING) {
          resting.remove(this);
          state = State.IN_USE;
          return database;
        }
      }
      closed.join();
      return null;
    }

    /**
     * The turn has ended. Object thread.
     *
     * @param content what the file has then; null if it is no database yet
     */
    void rest(@Nullable Head content) {
      Lease victim;
      synchronized (OpenDatabases.this) {
        head = content;
        state = State.RESTING;
        resting.addLast(this);
        victim = victim();
      }
      closeResting(victim);
    }

    /** Its activation sleeps: the next one waits for the file. */
    void sleeps() {
      sleeping.put(object, this);
      if (closed.isDone()) {
        sleeping.remove(object, this);
      }
    }

    /**
     * Nobody uses it any more. Any thread.
     *
     * @param keep whether the file is to be used again
     */
    void end(boolean keep) {
      synchronized (OpenDatabases.this) {
        if (state == State.CLOSING) {
          return;
        }
        resting.remove(this);
        state = State.CLOSING;
        open--;
      }
      closeBehind(keep);
    }

    private void closeBehind(boolean keep) {
      closing.add(this);
      Thread.ofVirtual().name("close " + object).start(() -> close(keep));
    }

    private void close(boolean keep) {
      try {
        Head content = head;
        if (!keep || content == null || !keep(content)) {
          discard();
        }
      } finally {
        // First this, for whoever puts it among the sleeping at the same time.
        closed.complete(null);
        sleeping.remove(object, this);
        closing.remove(this);
      }
    }

    private boolean keep(Head content) {
      try {
        database.undo();
        if (database.logBytes() > 0) {
          database.settle();
        }
        database.close();
        database.file().keep(content);
        return true;
      } catch (SQLException | IOException e) {
        log.warn("{}: its scratch file is not kept, it will be made anew", object, e);
        return false;
      }
    }

    /** SQLite may write to the file until it is closed, so nobody is to find it before. */
    private void discard() {
      try (database) {
        database.file().discard();
      } catch (SQLException | IOException e) {
        log.warn("{}: its scratch file could not be removed", object, e);
      }
    }
  }
}
