// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.ObjectId;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.engine.sql.page.ScratchFolder;
import dev.holdfast.store.ObjectRef;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The databases of a node that are open. Thread-safe.
 *
 * <p>An open database takes memory and three files, so only so many are open: beyond, the one that
 * was not used for longest gives way, though its activation lives. It is closed without a sync, and
 * its file is found again by what this process knows of it; only when the activation is over is
 * that file made to last, if it is large.
 *
 * <p>{@link Places} says who may open one.
 *
 * <p>A turn whose activation was discarded may never end. What it has open counts no more, so
 * others have its place: the process has three files more open for each, until it ends.
 *
 * <p>Who closes a database waits for nobody, so whoever waits for that, as a turn whose database is
 * being closed or the next activation, does so only as long as the disk takes.
 */
final class OpenDatabases {
  private static final Logger log = LoggerFactory.getLogger(OpenDatabases.class);

  /** What an open database takes beside its pages: SQLite's buffers, and what drives it. */
  private static final long BASE_BYTES = 160 << 10;

  private final long bytesLimit;

  /**
   * That of the places too. Held for a moment, often. A monitor is handed to a virtual thread that
   * has yet to be scheduled, and all others wait for that.
   */
  private final ReentrantLock lock = new ReentrantLock();

  private final Places<Lease> places;

  /** Those that no turn uses, the one that was not used for longest first. */
  private final LinkedHashSet<Lease> resting = new LinkedHashSet<>();

  /** What those take that are not being closed, as estimated when they were used last. */
  private long bytes;

  /** Those whose activations sleep, until their files can be used again. */
  private final ConcurrentHashMap<ObjectId, Lease> sleeping = new ConcurrentHashMap<>();

  /** What the threads do that end some. */
  private final ConcurrentHashMap<Thread, Ending> ending = new ConcurrentHashMap<>();

  /**
   * The hold of a database is being ended.
   *
   * @param end done when it is
   */
  private record Ending(ObjectId object, CompletableFuture<Void> end) {}

  /**
   * @param limit how many may be open
   * @param bytesLimit of memory that all take together; beyond it those are closed that no turn
   *     uses
   * @param patience how long a turn waits while none falls free
   */
  OpenDatabases(int limit, long bytesLimit, Duration patience) {
    this.bytesLimit = bytesLimit;
    this.places = new Places<>(limit, patience, lock);
  }

  /**
   * Takes a place for a database that is to be opened; {@link #opened} or {@link #freePlace}
   * follows. Waits as long as turns use all.
   *
   * @param hasAnother whether its turn has another database open
   * @throws ObjectOverloadedException if there was no place in time
   */
  void takePlace(ObjectRef object, boolean hasAnother) {
    Lease victim = places.take(object, hasAnother, this::oldest);
    if (victim != null) {
      victim.close(true);
    }
  }

  /** A place is not needed any more: nothing is open there. */
  void freePlace() {
    places.leave();
  }

  /**
   * A database that was opened, for the activation that uses it.
   *
   * @param content what its file has; null if it is no database yet
   */
  Lease opened(ObjectId object, Database database, @Nullable Head content) {
    Lease lease = new Lease(object, database);
    List<Lease> victims;
    lock.lock();
    try {
      lease.weigh(content);
      victims = victims();
    } finally {
      lock.unlock();
    }
    victims.forEach(Lease::giveWay);
    return lease;
  }

  /** Waits until the database of an activation that sleeps is closed. */
  void awaitSleeper(ObjectId object) {
    Lease sleeper = sleeping.get(object);
    if (sleeper != null) {
      sleeper.over.join();
    }
  }

  /**
   * Waits for those whose activations are over, or about to be.
   *
   * @return whether all are within the time
   */
  boolean awaitClosed(Duration limit) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            Stream.concat(
                    sleeping.values().stream().map(lease -> lease.over),
                    ending.values().stream().map(each -> each.end))
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

  /** Waits for those of an object whose activations are over. */
  void awaitClosed(ObjectId object) {
    ending.values().stream()
        .filter(each -> each.object.equals(object))
        .forEach(each -> each.end.join());
  }

  /** Those to be closed, if too many are open; the lock of all is held. */
  private List<Lease> victims() {
    List<Lease> victims = new ArrayList<>();
    while (bytes > bytesLimit || places.excess() > victims.size()) {
      Lease oldest = oldest();
      if (oldest == null) {
        break;
      }
      victims.add(oldest);
    }
    return victims;
  }

  /** The next one to be closed; null if turns use all. The lock of all is held. */
  private @Nullable Lease oldest() {
    if (resting.isEmpty()) {
      return null;
    }
    Lease oldest = resting.removeFirst();
    oldest.leave();
    return oldest;
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
    private final ScratchFolder folder;

    /** Done when nobody has the file open any more. */
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /** Done when nobody does anything to the file any more for this activation. */
    private final CompletableFuture<Void> over = new CompletableFuture<>();

    /** Null once it is closed. */
    private @Nullable Database database;

    private State state = State.IN_USE;
    private boolean hasPlace = true;
    private @Nullable Head head;
    private long weight;

    private Lease(ObjectId object, Database database) {
      this.object = object;
      this.folder = database.file().folder();
      this.database = database;
    }

    /** The database, for a turn; null if it was closed meanwhile. Object thread. */
    @Nullable Database take() {
      lock.lock();
      try {
        if (state != State.CLOSING) {
          resting.remove(this);
          state = State.IN_USE;
          return database;
        }
      } finally {
        lock.unlock();
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
      List<Lease> victims;
      lock.lock();
      try {
        head = content;
        weigh(content);
        if (!hasPlace) {
          return; // Its activation is over, and closes it when the turn has ended.
        }
        if (places.handOn(this)) {
          leave();
          return;
        }
        state = State.RESTING;
        resting.addLast(this);
        victims = victims();
      } finally {
        lock.unlock();
      }
      victims.forEach(Lease::giveWay);
    }

    /** The lock of all is held. */
    private void weigh(@Nullable Head content) {
      bytes -= weight;
      weight = BASE_BYTES + (content == null ? 0 : Math.min(content.bytes(), Database.CACHE_BYTES));
      bytes += weight;
    }

    /** It is to be closed; the lock of all is held. */
    private void leave() {
      state = State.CLOSING;
      bytes -= weight;
    }

    /**
     * The activation is over, and nobody knows when the turn ends that uses it: others may have its
     * place. Nothing if no turn does. Any thread.
     */
    void abandon() {
      lock.lock();
      try {
        if (state == State.IN_USE) {
          freeItsPlace();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Others may have its place, unless they have. */
    private void freeItsPlace() {
      lock.lock();
      try {
        if (hasPlace) {
          hasPlace = false;
          places.leave();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Its activation sleeps: the next one waits until its file can be used again. */
    void sleeps() {
      sleeping.put(object, this);
      if (over.isDone()) {
        sleeping.remove(object, this);
      }
    }

    /** It is closed to make room, and its file stays as it is. */
    private void giveWay() {
      try {
        close(true);
      } finally {
        freeItsPlace();
      }
    }

    /**
     * The activation is over, and nobody uses it any more. Any thread, once.
     *
     * @param keep whether the file is to be used again
     */
    void end(boolean keep) {
      boolean wasOpen;
      lock.lock();
      try {
        wasOpen = state != State.CLOSING;
        if (wasOpen) {
          resting.remove(this);
          leave();
        }
      } finally {
        lock.unlock();
      }
      Thread thread = Thread.ofVirtual().name("end " + object).unstarted(() -> end(wasOpen, keep));
      ending.put(thread, new Ending(object, over));
      thread.start();
    }

    private void end(boolean wasOpen, boolean keep) {
      try {
        if (wasOpen) {
          try {
            close(keep);
          } finally {
            freeItsPlace();
          }
        }
        closed.join();
        leaveFile(keep);
      } finally {
        // First this, for whoever puts it among the sleeping at the same time.
        over.complete(null);
        sleeping.remove(object, this);
        ending.remove(Thread.currentThread());
      }
    }

    /**
     * Who does it has its place then. It may be the turn of another object, which has no part in
     * what fails here: that is logged.
     */
    private void close(boolean keep) {
      Database last = database;
      Head content = head;
      try {
        if (last != null && (!keep || content == null || !keep(last, content))) {
          discard(last);
        }
      } finally {
        database = null;
        closed.complete(null);
      }
    }

    private boolean keep(Database last, Head content) {
      try {
        last.undo();
        if (last.logBytes() > 0) {
          last.settle();
        }
        last.close();
        last.file().keep(content);
        return true;
      } catch (SQLException | IOException | RuntimeException | Error e) {
        log.warn("{}: its scratch file is not kept, it will be made anew", object, e);
        return false;
      }
    }

    /** SQLite may write to the file until it is closed, so nobody is to find it before. */
    private void discard(Database last) {
      try (last) {
        last.file().discard();
      } catch (SQLException | IOException | RuntimeException | Error e) {
        log.warn("{}: its scratch file could not be removed", object, e);
      }
    }

    /** The file is closed. If another activation has changed it since, it is not touched. */
    private void leaveFile(boolean keep) {
      Head content = head;
      if (content == null) {
        return;
      }
      try {
        if (keep) {
          folder.rest(object, content);
        } else {
          folder.discard(object, content);
        }
      } catch (IOException e) {
        log.warn("{}: its scratch file is not kept, it will be made anew", object, e);
      }
    }
  }
}
