// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.Generation;
import dev.holdfast.store.LastCommit;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object from outside, in as many steps as it takes, as it was at one moment, while it may
 * be changed. It opens nothing, and the object does not notice. Thread-safe.
 *
 * <p>What an object was at the end of a generation stays as it is once it has commits of a later
 * one, and as long as it is kept. At the end of its last generation it stays as it is unless it is
 * changed: so that is read again if there was a commit meanwhile. An object that is changed all the
 * time is read as of the end of the second in which reading began, once that is over; if reading
 * takes longer than that is kept, of a later one.
 */
public final class SteadyReading {
  private static final int ATTEMPTS = 200;
  private static final long PAUSE_MILLIS = 20;

  private final ObjectStore store;
  private final InstantSource clock;

  /**
   * Reading from a store.
   *
   * @param clock that of the store
   */
  public SteadyReading(ObjectStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Reads an object in a view. */
  @FunctionalInterface
  public interface Reader<T extends @Nullable Object> {

    /**
     * Reads; called again if what it has read is no one moment.
     *
     * @param end at the end of which generation the view is
     */
    T read(View view, Generation end) throws IOException, InterruptedException;
  }

  /**
   * Reads an object.
   *
   * @param at at the end of which generation, which is kept; null for its last durable state
   * @return what was read last
   * @throws IllegalArgumentException if the generation is not kept any more
   * @throws StorageException if the store cannot be read, or the object is changed all the time
   */
  public <T extends @Nullable Object> T read(
      ObjectRef object, @Nullable Generation at, Reader<T> reader)
      throws IOException, InterruptedException {
    Generation over = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Instant created = created(object);
      LastCommit before = lastCommit(object);
      Generation last = before.generation();
      if (over == null) {
        over = Generation.lastOfSecond(last.second());
      }
      Generation end = at != null ? at : over.compareTo(last) < 0 ? over : last;
      boolean steady = end.compareTo(last) < 0;
      if (!steady) {
        checkNotHalfWay(object);
      }
      T read = reader.read(View.endOf(end), end);
      boolean kept = (at == null && !steady) || isKept(object, end);
      if (at != null && !kept) {
        throw new IllegalArgumentException(
            "%s: its state at %s was removed while it was read, as it is kept no longer"
                .formatted(object, at));
      }
      LastCommit after = lastCommit(object);
      boolean sameLife = isSameLife(object, created, before, after);
      if (kept && sameLife && (steady || after.equals(before))) {
        return read;
      }
      if (!kept || !sameLife) {
        over = null;
      }
      Thread.sleep(PAUSE_MILLIS);
    }
    throw new StorageException(
        "%s: it is changed all the time, and so cannot be read as of one moment; ask for a time of the past"
            .formatted(object),
        Outcome.NOT_APPLIED,
        true,
        null);
  }

  private boolean isKept(ObjectRef object, Generation end) {
    return new KeptStates(store, object, clock.instant()).isKept(end);
  }

  /** Whether the object was not deleted meanwhile, and made anew. */
  private boolean isSameLife(
      ObjectRef object, @Nullable Instant created, LastCommit before, LastCommit after) {
    return after.seq() >= before.seq() && Objects.equals(created, created(object));
  }

  private @Nullable Instant created(ObjectRef object) {
    DirectoryEntry entry = store.directory().find(object);
    return entry == null ? null : entry.created();
  }

  private LastCommit lastCommit(ObjectRef object) {
    LastCommit last = store.lastCommit(object);
    if (last == null) {
      throw new IllegalArgumentException(object + " does not exist: it has stored nothing");
    }
    return last;
  }

  private void checkNotHalfWay(ObjectRef object) {
    byte[] mark = store.get(object, MetaKeys.REWRITE, View.current());
    if (mark != null && RewriteMark.decode(object, mark).from() != null) {
      throw new StorageException(
          "%s: it is half way to another moment of its past; retry in a moment, or call it: the next use of it goes on"
              .formatted(object),
          Outcome.NOT_APPLIED,
          true,
          null);
    }
  }
}
