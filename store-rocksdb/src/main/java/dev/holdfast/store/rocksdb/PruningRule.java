// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.Retention;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.rocksdb.RocksDBException;

/**
 * What the store knows of the rule by which versions were removed last, and since when nothing was.
 * Neither a rule that keeps more nor a clock that is put back brings back what was let go, so
 * moments of that time are not offered: what is left there is no state that the object ever had.
 *
 * <p>The rule is written before the first removal by it; since when all is kept, with every removal
 * that changes it. Read by any thread, changed by the committer.
 */
final class PruningRule {
  private static final byte[] KEY = Keys.meta("pruned-by");

  private volatile Retention rule;

  /** What is on disk, or will be when the batch under construction is. Committer's. */
  private byte[] written;

  private PruningRule(Retention rule, byte[] written) {
    this.rule = rule;
    this.written = written;
  }

  /**
   * Reads what is known.
   *
   * @param wanted the rule from now on
   */
  static PruningRule read(Database database, Retention wanted, long nowSecond)
      throws RocksDBException {
    byte[] stored = database.get(KEY);
    return stored == null
        ? new PruningRule(wanted, new byte[0])
        : new PruningRule(wanted.after(decode(stored), nowSecond), stored);
  }

  /** The rule, and since when all is kept that it is to keep. */
  Retention rule() {
    return rule;
  }

  /**
   * Versions are removed by the same batch. Readers learn of it before that can be seen. Committer
   * thread only.
   *
   * @param left since when all is kept then
   */
  void removed(Retention.Since left, BatchBuffer batch) {
    rule = rule.with(left);
    note(batch);
  }

  /**
   * Puts it down, if it is another one than before: what comes after may remove by it. Committer
   * thread only.
   */
  void note(BatchBuffer batch) {
    byte[] encoded = encode(rule);
    if (!Arrays.equals(encoded, written)) {
      batch.put(KEY, encoded);
      written = encoded;
    }
  }

  private static byte[] encode(Retention rule) {
    return ByteBuffer.allocate(6 * Long.BYTES)
        .putLong(rule.seconds().toSeconds())
        .putLong(rule.minutes().toSeconds())
        .putLong(rule.hours().toSeconds())
        .putLong(rule.since().seconds())
        .putLong(rule.since().minutes())
        .putLong(rule.since().hours())
        .array();
  }

  private static Retention decode(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    return new Retention(
        Duration.ofSeconds(in.getLong()),
        Duration.ofSeconds(in.getLong()),
        Duration.ofSeconds(in.getLong()),
        new Retention.Since(in.getLong(), in.getLong(), in.getLong()));
  }
}
