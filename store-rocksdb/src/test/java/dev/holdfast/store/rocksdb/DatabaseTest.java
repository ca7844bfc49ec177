// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  @TempDir Path directory;

  @Test
  void a_read_that_has_begun_ends_as_it_began_while_the_database_is_being_closed()
      throws Exception {
    NativeLibrary.load(directory.resolve("native"));
    Database database =
        Database.open(directory.resolve("rocksdb"), RocksStoreOptions.defaults(), true);
    BatchBuffer batch = new BatchBuffer();
    batch.put(new byte[] {1}, new byte[] {2});
    database.write(batch.toBytes());
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> closing;
      try (Database.Moment moment = database.moment()) {
        closing = threads.submit(() -> database.close());
        Awaitility.await().until(() -> refusesReads(database));
        try (Cursor cursor = moment.cursor()) {
          assertThat(cursor.seek(new byte[] {0})).isTrue();
          assertThat(cursor.value()).containsExactly(2);
        }
      }
      closing.get();
    }
    assertThatThrownBy(() -> database.get(new byte[] {1})).isInstanceOf(StorageException.class);
  }

  @Test
  void a_database_is_released_when_the_last_one_has_left_however_late() throws Exception {
    NativeLibrary.load(directory.resolve("native"));
    Path folder = directory.resolve("rocksdb");
    Database database = Database.open(folder, RocksStoreOptions.defaults(), true);
    Cursor late = database.cursor();

    database.close(Duration.ZERO);
    assertThat(database.isReleased()).isFalse();
    assertThat(late.seek(new byte[] {0})).as("its memory is still there").isFalse();
    late.close();
    database.close();

    assertThat(database.isReleased()).isTrue();
    Database.open(folder, RocksStoreOptions.defaults(), true).close();
  }

  private static boolean refusesReads(Database database) throws Exception {
    try {
      database.get(new byte[] {1});
      return false;
    } catch (StorageException e) {
      return true;
    }
  }
}
