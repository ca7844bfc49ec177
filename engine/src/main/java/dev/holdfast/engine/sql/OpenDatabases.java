// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.ObjectId;
import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.engine.sql.page.ScratchFolder;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The databases of a node that are open. Thread-safe.
 *
 * <p>An open database takes memory and three files, so only so many stay open: beyond, the one that
 * was not used for longest gives way, though its activation lives. It is closed without a sync, and
 * its file is found again by what this process knows of it; only when the activation is over is
 * that file made to last, if it is large. More may be open while their turns use them. Databases
 * are closed by threads of their own, as that takes the disk.
 */
final class OpenDatabases {
  private static final Logger log = LoggerFactory.getLogger(OpenDatabases.class);

  /** What an open database takes beside its pages: SQLite's buffers, and what drives it. */
  private static final long BASE_BYTES = 160 << 10;

  private final int limit;
  private final long bytesLimit;

  /** Those that no turn uses, the one that was not used for longest first. */
  private final LinkedHashSet<Lease> resting = new LinkedHashSet<>();

  /** Those that are not being closed. */
  private int open;

  /** What they take, as estimated when they were used last. */
  private long bytes;

  /** Those whose activations sleep, until their files can be used again. */
  private final ConcurrentHashMap<ObjectId, Lease> sleeping = new ConcurrentHashMap<>();

  /** What the threads do that close some. */
  private final ConcurrentHashMap<Thread, Closing> closing = new ConcurrentHashMap<>();

  /**
   * A database is being closed.
   *
   * @param end done when it is
   */
  private record Closing(ObjectId object, CompletableFuture<Void> end) {}

  /**
   * @param limit how many stay open
   * @param bytesLimit of memory that those take
   */
  OpenDatabases(int limit, long bytesLimit) {
    this.limit = limit;
    this.bytesLimit = bytesLimit;
  }

  /**
   * A database that was opened, for the activation that uses it.
   *
   * @param content what its file has; null if it is no database yet
   */
  Lease opened(ObjectId object, Database database, @Nullable Head content) {
    Lease lease = new Lease(object, database);
    List<Lease> victims;
    synchronized (this) {
      open++;
      lease.weigh(content);
      victims = victims();
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
   * Waits for those that are being closed, or are about to be as their activations sleep.
   *
   * @return whether all are within the time
   */
  boolean awaitClosed(Duration limit) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            Stream.concat(
                    sleeping.values().stream().map(lease -> lease.over),
                    closing.values().stream().map(each -> each.end))
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
    closing.values().stream()
        .filter(each -> each.object.equals(object))
        .forEach(each -> each.end.join());
  }

  /** Those to be closed, if too many are open; this object's lock is held. */
  private List<Lease> victims() {
    if (open <= limit && bytes <= bytesLimit) {
      return List.of();
    }
    List<Lease> victims = new ArrayList<>();
    while (!resting.isEmpty() && (open > limit || bytes > bytesLimit)) {
      Lease oldest = resting.removeFirst();
      oldest.leave();
      victims.add(oldest);
    }
    return victims;
  }

  private void behind(String what, ObjectId object, CompletableFuture<Void> end, Runnable work) {
    Thread thread =
        Thread.ofVirtual()
            .name(what + " " + object)
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } finally {
                    end.complete(null);
                    closing.remove(Thread.currentThread());
                  }
                });
    closing.put(thread, new Closing(object, end));
    thread.start();
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
    private @Nullable Head head;
    private long weight;

    private Lease(ObjectId object, Database database) {
      this.object = object;
      this.folder = database.file().folder();
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
      List<Lease> victims;
      synchronized (OpenDatabases.this) {
        head = content;
        state = State.RESTING;
        weigh(content);
        resting.addLast(this);
        victims = victims();
      }
      victims.forEach(Lease::giveWay);
    }

    /** The lock of all is held. */
    private void weigh(@Nullable Head content) {
      bytes -= weight;
      weight = BASE_BYTES + (content == null ? 0 : Math.min(content.bytes(), Database.CACHE_BYTES));
      bytes += weight;
    }

    /** It does not count as open any more; the lock of all is held. */
    private void leave() {
      state = State.CLOSING;
      open--;
      bytes -= weight;
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
      behind("close", object, closed, () -> close(true));
    }

    /**
     * The activation is over, and nobody uses it any more. Any thread, once.
     *
     * @param keep whether the file is to be used again
     */
    void end(boolean keep) {
      boolean wasOpen;
      synchronized (OpenDatabases.this) {
        wasOpen = state != State.CLOSING;
        if (wasOpen) {
          resting.remove(this);
          leave();
        }
      }
      behind("end", object, over, () -> end(wasOpen, keep));
    }

    private void end(boolean wasOpen, boolean keep) {
      try {
        if (wasOpen) {
          close(keep);
        }
        closed.join();
        leaveFile(keep);
      } finally {
        // First this, for whoever puts it among the sleeping at the same time.
        over.complete(null);
        sleeping.remove(object, this);
      }
    }

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
      } catch (SQLException | IOException e) {
        log.warn("{}: its scratch file is not kept, it will be made anew", object, e);
        return false;
      }
    }

    /** SQLite may write to the file until it is closed, so nobody is to find it before. */
    private void discard(Database last) {
      try (last) {
        last.file().discard();
      } catch (SQLException | IOException e) {
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
