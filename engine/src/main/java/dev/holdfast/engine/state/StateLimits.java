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
 */
public record StateLimits(
    int keyBytes, int valueBytes, long commitBytes, long listBytes, long cachedBytesPerObject) {
  /** 2 KiB, 2 MiB, 64 MiB, 64 MiB and 16 MiB. */
  public static final StateLimits DEFAULT =
      new StateLimits(2 << 10, 2 << 20, 64L << 20, 64L << 20, 16L << 20);
}
