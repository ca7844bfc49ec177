// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.FirstGeneration;
import dev.holdfast.store.Generation;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * From which generation on objects may begin, as it is kept on disk. Read by any thread, changed by
 * the committer.
 *
 * <p>On disk: reached(8) ahead(8). Before, the second was not there, and the first could be ahead.
 */
final class NewLives {
  private static final byte[] KEY = Keys.meta("unborn");

  private final InstantSource clock;
  private volatile FirstGeneration first;

  private NewLives(InstantSource clock, FirstGeneration first) {
    this.clock = clock;
    this.first = first;
  }

  static NewLives read(Database database, InstantSource clock) throws RocksDBException {
    byte @Nullable [] stored = database.get(KEY);
    return new NewLives(clock, stored == null ? FirstGeneration.NONE : decode(stored));
  }

  private static FirstGeneration decode(byte[] stored) {
    return new FirstGeneration(
        new Generation(Keys.longAt(stored, 0)),
        stored.length > 8 ? new Generation(Keys.longAt(stored, 8)) : Generation.NONE);
  }

  /** The generation in which what does not exist begins, at the earliest. */
  Generation first() {
    return first.at(clock.instant());
  }

  /** An object of which that was the last generation is deleted. Committer thread only. */
  void deleted(Generation last, BatchBuffer batch) {
    FirstGeneration after = first.after(last, clock.instant());
    if (!after.equals(first)) {
      first = after;
      byte[] value = new byte[16];
      Keys.putLong(value, 0, after.reached().packed());
      Keys.putLong(value, 8, after.ahead().packed());
      batch.put(KEY, value);
    }
  }
}
