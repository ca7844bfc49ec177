// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.StorageException;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Opening;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Something that the committer is to do, in the order of submission. */
abstract sealed class Work {
  /** The work that was submitted after it; the queue's, then the committer's. */
  @Nullable Work next;

  /** Why it failed; null while it has not. Committer's. */
  @Nullable StorageException failure;

  /** In which session it was submitted; null if that does not matter. */
  abstract @Nullable Session session();

  /** How many bytes of the queue's bound it takes. */
  abstract long weight();

  /** Commits that are applied all or none. */
  static final class Group extends Work {
    final Session session;
    final List<Commit> commits;
    final CommitListener listener;

    /** Per commit the object's state; null where the commit was void when it was submitted. */
    final @Nullable ObjectState[] states;

    private final long weight;

    Group(Session session, CommitGroup group, CommitListener listener) {
      this.session = session;
      this.commits = group.commits();
      this.listener = listener;
      this.states = new ObjectState[commits.size()];
      long sum = 0;
      for (int i = 0; i < states.length; i++) {
        sum += commits.get(i).weight();
      }
      this.weight = sum;
    }

    /** Finds out which commits come through openings that are the latest. */
    void admit() {
      for (int i = 0; i < states.length; i++) {
        Opening opening = commits.get(i).opening();
        ObjectState state =
            session.epoch == opening.epoch() ? session.objects.get(opening.object()) : null;
        if (state != null) {
          state.arrive();
          if (state.opening == opening.number()) {
            states[i] = state;
          } else {
            depart(state, opening.object());
          }
        }
      }
    }

    /** Whether it takes no space, but gives some back. */
    boolean onlyDeletes() {
      for (Commit commit : commits) {
        if (!commit.delete()) {
          return false;
        }
      }
      return true;
    }

    /** The commits are no longer under way. */
    void depart() {
      for (int i = 0; i < states.length; i++) {
        ObjectState state = states[i];
        if (state != null) {
          depart(state, commits.get(i).object());
        }
      }
    }

    private void depart(ObjectState state, ObjectRef object) {
      if (state.depart() && state.opening == ObjectState.RELEASED) {
        session.objects.settle(object);
      }
    }

    @Override
    Session session() {
      return session;
    }

    @Override
    long weight() {
      return weight;
    }
  }

  /** Writes of the store's own, or none: then it is done when all before it is. */
  static final class Task extends Work {
    /** Adds to the batch under construction. */
    @FunctionalInterface
    interface Writes {
      void addTo(BatchBuffer batch);
    }

    final Session session;
    final Writes writes;

    /** Completed when it is done or has failed: {@link #failure} then says which. */
    final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

    Task(Session session, Writes writes) {
      this.session = session;
      this.writes = writes;
    }

    @Override
    Session session() {
      return session;
    }

    @Override
    long weight() {
      return 0;
    }
  }

  /** Ends the committer. */
  static final class Stop extends Work {
    @Override
    @Nullable Session session() {
      return null;
    }

    @Override
    long weight() {
      return 0;
    }
  }
}
