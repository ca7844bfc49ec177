// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What an object keeps about its database beside the pages. Immutable.
 *
 * @param seq the number of the last commit that changed a page
 * @param stamp a random number of the activation that made that commit: together they tell one
 *     content of the database from every other that the object had, also in a past that was undone
 * @param pages how many pages the database has
 * @param pageBytes how large a page is
 * @param userVersion what {@code PRAGMA user_version} says
 */
public record Head(long seq, long stamp, int pages, int pageBytes, int userVersion) {
  /** Where it is kept: no page has the number 0. */
  public static final EntryKey KEY = PageEntries.key(0);

  private static final byte VERSION = 1;
  private static final int BYTES = 1 + 8 + 8 + 4 + 4 + 4;

  /** What SQLite allows: section 1.3.2 of its page "Database File Format". */
  private static final int MIN_PAGE_BYTES = 512;

  private static final int MAX_PAGE_BYTES = 64 << 10;

  /** How large the file is that SQLite makes of it. */
  public long bytes() {
    return (long) pages * pageBytes;
  }

  /** By how many bytes a database has grown that has so many now; null if there was none. */
  public static long growth(@Nullable Head before, long bytes) {
    return Math.max(0, bytes - (before == null ? 0 : before.bytes()));
  }

  /** As it is kept. */
  public byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .put(VERSION)
        .putLong(seq)
        .putLong(stamp)
        .putInt(pages)
        .putInt(pageBytes)
        .putInt(userVersion)
        .array();
  }

  /**
   * What an object keeps in a view; null if it has no database there.
   *
   * @throws StorageException if the store cannot be read, or what is kept is something else
   */
  public static @Nullable Head read(ObjectStore store, ObjectRef object, View view) {
    byte[] kept = store.get(object, KEY, view);
    try {
      return kept == null ? null : decode(kept);
    } catch (IllegalArgumentException e) {
      throw new StorageException(
          "%s: what it keeps about its SQL database cannot be read: %s; restore the object to an earlier moment, or restore a backup"
              .formatted(object, e.getMessage()),
          Outcome.NOT_APPLIED,
          false,
          e);
    }
  }

  /**
   * From what is kept.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Head decode(byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != VERSION) {
      throw new IllegalArgumentException(
          "expected %d bytes of version %d about a database, found %d bytes%s"
              .formatted(
                  BYTES,
                  VERSION,
                  bytes.length,
                  bytes.length == 0 ? "" : " of version " + bytes[0]));
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, BYTES - 1);
    Head head = new Head(in.getLong(), in.getLong(), in.getInt(), in.getInt(), in.getInt());
    head.check();
    return head;
  }

  private void check() {
    boolean size =
        Integer.bitCount(pageBytes) == 1
            && pageBytes >= MIN_PAGE_BYTES
            && pageBytes <= MAX_PAGE_BYTES;
    if (pages < 0 || !size) {
      throw new IllegalArgumentException(
          "expected pages of %d to %d bytes, a power of 2, found %d pages of %d bytes"
              .formatted(MIN_PAGE_BYTES, MAX_PAGE_BYTES, pages, pageBytes));
    }
  }
}
