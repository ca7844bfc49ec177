// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;

/** First version. */
final class SessionOpener {
  private static final byte[] EPOCH = Keys.meta("epoch");

  private final Path directory;
  private final RocksStoreOptions options;
  private final Surroundings surroundings;
  private final MarkFile mark;

  SessionOpener(
      Path directory, RocksStoreOptions options, Surroundings surroundings, MarkFile mark) {
    this.directory = directory;
    this.options = options;
    this.surroundings = surroundings;
    this.mark = mark;
  }

  Session open() {
    Database database = null;
    try {
      database = Database.open(directory.resolve("rocksdb"), options, options.acceptLoss());
      BatchWriter writer = surroundings.writes().apply(database::write);
      byte[] stored = database.get(EPOCH);
      long epoch = stored == null ? 1 : Keys.longAt(stored, 0) + 1;
      byte[] next = new byte[8];
      Keys.putLong(next, 0, epoch);
      BatchBuffer batch = new BatchBuffer();
      batch.put(EPOCH, next);
      mark.created(writer.write(batch.toBytes()));
      return new Session(database, writer, epoch, Namespaces.read(database), surroundings.random());
    } catch (RocksDBException | java.io.IOException | RuntimeException e) {
      if (database != null) {
        database.close();
      }
      throw new StorageException(
          "cannot open the store in " + directory + ": " + e.getMessage(),
          Outcome.NOT_APPLIED,
          true,
          e);
    }
  }
}
