// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: it takes all that waits, makes one batch of it, writes the batch and
 * waits for the disk, and tells every listener. While it waits for the disk the next batch gathers:
 * that is the group commit.
 *
 * <p>Order of one round: take on and check groups → write the batch, synced → note its sequence
 * number in the mark file → show it to readers → tell the listeners, in order of submission.
 *
 * <p>A write that fails ends the session for good, because nobody knows what of it is on disk: its
 * groups are {@code UNKNOWN}, and what waits behind is {@code NOT_APPLIED}, untried.
 */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  /** Where a batch ends, so that the first in it does not wait for too much behind it. */
  private static final int BATCH_BYTES = 4 << 20;

  private final StoreLayout layout;
  private final CommitQueue queue;
  private final MarkFile mark;
  private final NamespaceMirror namespaces;
  private final DiskReserve reserve;
  private final Duration delay;
  private final Thread thread;
  private final List<Work> round = new ArrayList<>();

  /** What commits fail with for which no words could be found; and the store's own writes. */
  private final StorageException wordless;

  private final StorageException wordlessTask;

  private boolean stopped;

  Committer(
      StoreLayout layout,
      CommitQueue queue,
      Safeguards safeguards,
      DiskReserve reserve,
      Duration delay) {
    this.layout = layout;
    this.queue = queue;
    this.mark = safeguards.mark();
    this.namespaces = safeguards.namespaces();
    this.reserve = reserve;
    this.delay = delay;
    this.wordless =
        new StorageException(
            "the store in "
                + layout.directory()
                + " failed to write a batch and had no memory to say why; it is unknown whether its"
                + " commits are on disk; the store is reopened at its next use",
            Outcome.UNKNOWN,
            true,
            null);
    this.wordlessTask = unanswered(wordless);
    this.thread = Thread.ofPlatform().name("holdfast-committer").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Waits until all work up to the {@link Work.Stop} is done. */
  void join() {
    Threads.join(thread);
  }

  /** Throws if this is the committer's thread, which cannot wait for its own end. */
  void refuseClose() {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(
          "a commit listener tried to close the store in "
              + layout.directory()
              + ", which would wait for that listener to return; close it on another thread");
    }
  }

  private void run() {
    while (!stopped) {
      Work waiting = queue.take();
      while (waiting != null) {
        waiting = round(waiting);
      }
    }
    Work late = queue.close();
    while (late != null) {
      late = round(late);
    }
  }

  /** One batch; returns the work that did not fit. */
  private @Nullable Work round(Work first) {
    Session session = null;
    Work rest = first;
    try {
      while (rest != null) {
        Work work = rest;
        Session of = work.session();
        if (of != null) {
          if (session == null) {
            session = of;
          } else if (session != of || session.builder.batch().length() >= BATCH_BYTES) {
            break;
          } else if (!round.isEmpty()
              && session.failure() == null
              && work instanceof Work.Group group
              && session.builder.precedes(group)) {
            break;
          }
        }
        // In this order: what cannot be added is left for the next round.
        round.add(work);
        rest = work.next;
        takeOn(work);
      }
      if (session != null) {
        finish(session);
      }
    } catch (RuntimeException | Error e) {
      giveUp(session, e);
    }
    // By index, here and where a round fails: an iterator may be what there is no memory for.
    for (int i = 0; i < round.size(); i++) {
      complete(round.get(i));
    }
    round.clear();
    return rest;
  }

  /**
   * No memory, or a defect. This thread must go on, since everybody waits for it: where even the
   * words for what happened fail, those that were made beforehand must do.
   */
  private void giveUp(@Nullable Session session, Throwable cause) {
    try {
      if (session != null) {
        fail(session, cause);
      }
      LOG.error("the committer of the store in {} failed", layout.directory(), cause);
    } catch (RuntimeException | Error again) {
      if (session != null) {
        fail(session, wordless, wordlessTask);
      }
    }
  }

  private void takeOn(Work work) {
    switch (work) {
      case Work.Group group -> {
        Session session = group.session;
        group.failure = session.failure() != null ? untried(session) : null;
        if (group.failure == null && !group.onlyDeletes()) {
          group.failure = reserve.refusal(group.weight());
        }
        if (group.failure == null) {
          group.failure = session.builder.add(group);
        }
        if (group.failure != null) {
          voidOpenings(group);
        }
      }
      case Work.Task task -> {
        if (task.session.failure() != null) {
          task.failure = untried(task.session);
        } else {
          task.writes.addTo(task.session.builder.batch());
        }
      }
      case Work.Stop stop -> stopped = true;
    }
  }

  /** After a failure nothing more is accepted through the openings of a group. */
  private static void voidOpenings(Work.Group group) {
    for (int i = 0; i < group.states.length; i++) {
      ObjectState state = group.states[i];
      if (state != null) {
        state.failed = group.commits.get(i).opening().number();
      }
    }
  }

  /** Writes the batch, unless the session has failed: what is in it then is never tried again. */
  private void finish(Session session) {
    if (session.failure() != null) {
      for (Work work : round) {
        if (work.failure == null && work.session() != null) {
          work.failure = untried(session);
        }
      }
    } else if (session.builder.finish()) {
      write(session);
    }
  }

  private void write(Session session) {
    long end = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    try {
      long sequence = session.writer.write(session.builder.batch().toBytes());
      if (session.database.switchedLog()) {
        mark.log(layout.latestLog());
      }
      mark.confirm(sequence);
    } catch (RocksDBException | IOException e) {
      fail(session, e);
      return;
    }
    if (session.namespaces.anyFresh()) {
      namespaces.refresh(session.namespaces.withFresh());
    }
    session.builder.written();
  }

  /** Ends the session: nobody knows what of the round is on disk. */
  private void fail(Session session, Throwable cause) {
    StorageException unknown =
        new StorageException(
            "the store in "
                + layout.directory()
                + " failed to write a batch: "
                + (cause instanceof Exception ? cause.getMessage() : cause)
                + "; it is unknown whether its commits are on disk; the store is reopened at its"
                + " next use",
            Outcome.UNKNOWN,
            true,
            cause);
    fail(session, unknown, unanswered(unknown));
  }

  private void fail(Session session, StorageException unknown, StorageException unanswered) {
    session.fail(unknown);
    for (int i = 0; i < round.size(); i++) {
      Work work = round.get(i);
      if (work.failure == null) {
        work.failure = work instanceof Work.Group ? unknown : unanswered;
      }
    }
  }

  /** To those who waited for what came before them: nothing of theirs is at stake. */
  private static StorageException unanswered(StorageException unknown) {
    return new StorageException(
        unknown.getMessage() + "; retry", Outcome.NOT_APPLIED, true, unknown);
  }

  private StorageException untried(Session session) {
    return new StorageException(
        "the store in "
            + layout.directory()
            + " did not try the commit, because a write before it failed; open the object again",
        Outcome.NOT_APPLIED,
        true,
        session.failure());
  }

  /** Tells who waits. What goes wrong with one must not cost the others their answer. */
  private void complete(Work work) {
    try {
      switch (work) {
        case Work.Group group -> {
          try {
            group.depart();
            queue.done(group.weight());
          } finally {
            group.listener.completed(group.failure);
          }
        }
        case Work.Task task -> task.done.complete(null);
        case Work.Stop stop -> {}
      }
    } catch (RuntimeException | Error e) {
      report(e);
    }
  }

  private void report(Throwable fault) {
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
    } catch (RuntimeException | Error again) {
      // No memory to report it either; everybody has been told all the same.
    }
  }
}
