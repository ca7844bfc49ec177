// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.util.Arrays;

/**
 * One physical write under construction, in the form in which RocksDB keeps write batches: sequence
 * number(8), count(4), then per put {@code 01 length key length value}, per delete {@code 00 length
 * key} and per range deleted {@code 0F length from length to}, lengths as varints and numbers
 * little-endian. Built here and handed over whole, it costs one crossing into native code however
 * many entries it has. Committer thread only.
 */
final class BatchBuffer {
  private static final int HEADER = 12;
  private static final int INITIAL = 64 << 10;
  private static final int KEPT = 8 << 20;

  private static final byte DELETE = 0;
  private static final byte PUT = 1;
  private static final byte DELETE_RANGE = 0x0F;

  private byte[] bytes = new byte[INITIAL];
  private int length = HEADER;
  private int count;

  /** How many puts and deletes it has. */
  int count() {
    return count;
  }

  /** How many bytes it has. */
  int length() {
    return length;
  }

  /** Forgets everything; gives back memory that only a huge batch needed. */
  void clear() {
    if (bytes.length > KEPT) {
      bytes = new byte[INITIAL];
    }
    length = HEADER;
    count = 0;
  }

  /**
   * Puts a value.
   *
   * @return where it lies, for {@link #replace(int, byte[])}
   */
  int put(byte[] key, byte[] value) {
    ensure(key.length + value.length + 11);
    bytes[length++] = PUT;
    append(key);
    append(value);
    count++;
    return length - value.length;
  }

  /** Puts another value of the same length in the place of one. */
  void replace(int at, byte[] value) {
    System.arraycopy(value, 0, bytes, at, value.length);
  }

  /**
   * Puts a value that begins with the generation in which it was written.
   *
   * @return where it lies, for {@link #replace(int, long, byte[])}; never 0
   */
  int put(byte[] key, long written, byte[] value) {
    ensure(key.length + value.length + 19);
    bytes[length++] = PUT;
    append(key);
    appendVarint(8 + value.length);
    int at = length;
    length += 8 + value.length;
    count++;
    replace(at, written, value);
    return at;
  }

  /** Puts another value of the same length, and its generation, in the place of one. */
  void replace(int at, long written, byte[] value) {
    Keys.putLong(bytes, at, written);
    System.arraycopy(value, 0, bytes, at + 8, value.length);
  }

  void delete(byte[] key) {
    ensure(key.length + 6);
    bytes[length++] = DELETE;
    append(key);
    count++;
  }

  /** Deletes all keys from {@code from}, inclusive, to {@code to}, exclusive, put so far. */
  void deleteRange(byte[] from, byte[] to) {
    ensure(from.length + to.length + 11);
    bytes[length++] = DELETE_RANGE;
    append(from);
    append(to);
    count++;
  }

  /** The batch, ready to be written. */
  byte[] toBytes() {
    for (int i = 0; i < 4; i++) {
      bytes[8 + i] = (byte) (count >>> (8 * i));
    }
    return Arrays.copyOf(bytes, length);
  }

  private void append(byte[] content) {
    appendVarint(content.length);
    System.arraycopy(content, 0, bytes, length, content.length);
    length += content.length;
  }

  private void appendVarint(int value) {
    int rest = value;
    while (rest > 0x7F) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
