// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.Generation;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * From which generation on objects may begin: a later one than deleted objects had, so that a
 * moment of one that is gone is never taken for one of another that has its id. It is one number
 * for the whole store, so nothing remains of the deleted ones. Read by any thread, changed by the
 * committer.
 */
final class NewLives {
  private static final byte[] KEY = Keys.meta("unborn");

  private final InstantSource clock;
  private volatile Generation unborn;

  private NewLives(InstantSource clock, Generation unborn) {
    this.clock = clock;
    this.unborn = unborn;
  }

  static NewLives read(Database database, InstantSource clock) throws RocksDBException {
    byte @Nullable [] stored = database.get(KEY);
    return new NewLives(
        clock, stored == null ? Generation.NONE : new Generation(Keys.longAt(stored, 0)));
  }

  /**
   * The generation in which what does not exist begins, at the earliest. One far in the future
   * comes from a clock that was wrong, and does not count: nothing could be dated any more.
   */
  Generation first() {
    Generation first = unborn;
    return first.second() > clock.instant().getEpochSecond() + 1 ? Generation.NONE : first;
  }

  /** An object of which that was the last generation is deleted. Committer thread only. */
  void deleted(Generation last, BatchBuffer batch) {
    Generation next = last.next();
    if (next.compareTo(unborn) > 0) {
      unborn = next;
      byte[] value = new byte[8];
      Keys.putLong(value, 0, next.packed());
      batch.put(KEY, value);
    }
  }
}
