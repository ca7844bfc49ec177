// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * The pages of an object's database among its entries. A page that SQLite has never written, since
 * it is free, has no entry.
 */
public final class PageEntries {
  private static final int PAGE_ENTRIES = 1_024;
  private static final long SCAN_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 256 << 10;

  private PageEntries() {}

  /**
   * The key of a page.
   *
   * @param number from 1 on
   */
  public static EntryKey key(int number) {
    return EntryKey.of(EntryKind.PAGE, ByteBuffer.allocate(4).putInt(number).array());
  }

  private static int number(EntryKey key) {
    return ByteBuffer.wrap(key.bytes(), 1, 4).getInt();
  }

  /**
   * Writes the database of an object into a new file.
   *
   * @param head of the database in that view
   * @throws dev.holdfast.StorageException if the store cannot be read
   * @throws IOException if the file cannot be written, or its folder is closed, or the entries are
   *     no database
   */
  public static void write(
      ObjectStore store, ObjectRef object, View view, Head head, PageCodec codec, ScratchFile file)
      throws IOException {
    try (OutputStream out = new BufferedOutputStream(file.make(), BUFFER_BYTES)) {
      write(store, object, view, head, codec, out);
    }
  }

  /**
   * Writes the database of an object, each page at once.
   *
   * @param head of the database in that view
   * @throws dev.holdfast.StorageException if the store cannot be read
   * @throws IOException if {@code out} fails, or the entries are no database
   */
  public static void write(
      ObjectStore store, ObjectRef object, View view, Head head, PageCodec codec, OutputStream out)
      throws IOException {
    byte[] page = new byte[head.pageBytes()];
    byte[] empty = new byte[head.pageBytes()];
    int next = 1;
    EntryKey from = key(1);
    EntryKey to = EntryKey.end(EntryKind.PAGE);
    boolean complete = false;
    while (!complete) {
      ScanPage some =
          store.scan(object, new ScanRange(from, to, false, PAGE_ENTRIES, SCAN_BYTES), view);
      for (Entry entry : some.entries()) {
        int number = number(entry.key());
        if (number > head.pages()) {
          throw new IOException(
              "%s: its database has %d pages, found page %d"
                  .formatted(object, head.pages(), number));
        }
        for (; next < number; next++) {
          out.write(empty);
        }
        try {
          codec.unpack(entry.value(), page);
        } catch (IllegalArgumentException e) {
          throw new IOException(
              "%s: page %d of its database: %s".formatted(object, number, e.getMessage()), e);
        }
        out.write(page);
        next++;
      }
      complete = some.complete();
      if (!complete) {
        from = some.entries().getLast().key().successor();
      }
    }
    for (; next <= head.pages(); next++) {
      out.write(empty);
    }
  }
}
