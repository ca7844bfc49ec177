// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

/**
 * The limits on what an object stores, reads at once and caches, all in bytes.
 *
 * @param keyBytes of a key in UTF-8
 * @param valueBytes of an encoded value
 * @param commitBytes of the keys and values that one turn writes
 * @param listBytes of the keys and encoded values that one {@code list} or {@code getAll} reads
 * @param cachedBytesPerObject of one object's entries in memory
 * @param objectBytes of all that one object has stored: keys and values, its SQL database as it is
 *     kept, and what is kept about it; not its past
 */
public record StateLimits(
    int keyBytes,
    int valueBytes,
    long commitBytes,
    long listBytes,
    long cachedBytesPerObject,
    long objectBytes) {
  private static final long DEFAULT_OBJECT_BYTES = 1L << 30;

  /** 2 KiB, 2 MiB, 64 MiB, 64 MiB, 16 MiB and 1 GiB. */
  public static final StateLimits DEFAULT =
      new StateLimits(2 << 10, 2 << 20, 64L << 20, 64L << 20, 16L << 20);

  /** Limits with 1 GiB for all of an object. */
  public StateLimits(
      int keyBytes, int valueBytes, long commitBytes, long listBytes, long cachedBytesPerObject) {
    this(keyBytes, valueBytes, commitBytes, listBytes, cachedBytesPerObject, DEFAULT_OBJECT_BYTES);
  }

  public StateLimits withObjectBytes(long bytes) {
    return new StateLimits(
        keyBytes, valueBytes, commitBytes, listBytes, cachedBytesPerObject, bytes);
  }
}
