// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.Retention;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.rocksdb.RocksDBException;

/**
 * What the store knows of the rule by which versions were removed last. A rule that keeps more does
 * not bring back what that one let go, so moments of that time are not offered: what is left there
 * is no state that the object ever had. Written before the first removal under another rule. One
 * thread at a time.
 */
final class PruningRule {
  private static final byte[] KEY = Keys.meta("pruned-by");

  private final Retention rule;
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

  /** Puts it down, if it is another one than before: what comes after may remove by it. */
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
