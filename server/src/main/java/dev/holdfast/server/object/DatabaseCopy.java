// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.engine.inspect.StoredDatabase;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The database of an object in a scratch file. Not thread-safe. */
final class DatabaseCopy {
  private static final int BUFFER_BYTES = 256 << 10;

  private final ObjectStore store;
  private final ObjectRef object;
  private final Scratch scratch;
  private final Path file;
  private long bytes;

  DatabaseCopy(ObjectStore store, ObjectRef object, Scratch scratch) {
    this.store = store;
    this.object = object;
    this.scratch = scratch;
    this.file = scratch.file("database");
  }

  /** Makes it, in the place of one that was made before. */
  void make(View view) throws IOException {
    scratch.requireRoom(StoredDatabase.bytes(store, object, view));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
      bytes = StoredDatabase.write(store, object, view, out);
    }
  }

  /** How large it is; 0 if the object has none. */
  long bytes() {
    return bytes;
  }

  Path file() {
    return file;
  }
}
