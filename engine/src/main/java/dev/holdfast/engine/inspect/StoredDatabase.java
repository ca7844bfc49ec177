// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.inspect;

import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.engine.sql.page.PageCodec;
import dev.holdfast.engine.sql.page.PageEntries;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The SQL database of an object as a file of SQLite that any program can open, without code of the
 * object. Thread-safe.
 */
public final class StoredDatabase {
  private static final PageCodec CODEC = new PageCodec();

  private StoredDatabase() {}

  /**
   * Writes it.
   *
   * @return how many bytes; 0 if the object has none in that view, and nothing was written
   * @throws dev.holdfast.StorageException if the store cannot be read, or what the object keeps
   *     about its database is something else
   * @throws IOException if {@code out} fails, or the pages are none of a database
   */
  public static long write(ObjectStore store, ObjectRef object, View view, OutputStream out)
      throws IOException {
    Head head = Head.read(store, object, view);
    long bytes = bytes(head);
    if (head != null && bytes > 0) {
      PageEntries.write(store, object, view, head, CODEC, new WithoutLog(out));
    }
    return bytes;
  }

  /**
   * How many bytes it has; 0 if there is none in that view.
   *
   * @throws dev.holdfast.StorageException if the store cannot be read, or what the object keeps
   *     about its database is something else
   */
  public static long bytes(ObjectStore store, ObjectRef object, View view) {
    return bytes(Head.read(store, object, view));
  }

  private static long bytes(@Nullable Head head) {
    return head == null ? 0 : head.bytes();
  }

  /**
   * Says in the header that the database has no write-ahead log, as all of it is in the file: else
   * SQLite would make one beside it, and a file in a folder that it may not write to could not be
   * read.
   */
  private static final class WithoutLog extends FilterOutputStream {
    private static final int WRITE_VERSION = 18;
    private static final int READ_VERSION = 19;
    private static final byte ROLLBACK_JOURNAL = 1;

    private boolean begun;

    WithoutLog(OutputStream out) {
      super(out);
    }

    /** The first page comes first, and whole. */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      byte[] page = bytes;
      int from = offset;
      if (!begun) {
        begun = true;
        page = Arrays.copyOfRange(bytes, offset, offset + length);
        from = 0;
        page[WRITE_VERSION] = ROLLBACK_JOURNAL;
        page[READ_VERSION] = ROLLBACK_JOURNAL;
      }
      out.write(page, from, length);
    }
  }
}
