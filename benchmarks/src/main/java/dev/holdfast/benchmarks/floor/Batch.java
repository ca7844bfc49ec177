// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.rocksdb.WriteBatch;

/**
 * Puts on their way into one write, in the form in which RocksDB keeps a batch: building it here
 * and handing it over whole costs one call into native code instead of one for each put.
 *
 * <p>The form: eight bytes for the sequence number, which RocksDB fills in; the number of records
 * in four bytes, little-endian; then for each put the tag 1, the key's length, the key, the value's
 * length, the value. Lengths are varints. Not thread-safe.
 */
final class Batch {
  private static final int HEADER = 12;
  private static final byte PUT = 1;

  /** Tag and lengths: one byte, up to five, and one. */
  private static final int FRAME = 7;

  private static final VarHandle COUNT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle VALUE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[16 * 1024];
  private int length = HEADER;
  private int count;

  void put(byte[] key, long value) {
    int needed = length + FRAME + key.length + Long.BYTES;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
    }
    bytes[length++] = PUT;
    varint(key.length);
    System.arraycopy(key, 0, bytes, length, key.length);
    length += key.length;
    bytes[length++] = Long.BYTES;
    VALUE.set(bytes, length, value);
    length += Long.BYTES;
    count++;
  }

  private void varint(int number) {
    int rest = number;
    while (rest >= 0x80) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  /** The puts so far as RocksDB's batch, to be closed by the caller; this one is empty again. */
  WriteBatch take() {
    COUNT.set(bytes, Long.BYTES, count);
    WriteBatch batch = new WriteBatch(Arrays.copyOf(bytes, length));
    length = HEADER;
    count = 0;
    return batch;
  }

  /** A value as it was put. */
  static long value(byte[] stored) {
    return (long) VALUE.get(stored, 0);
  }
}
