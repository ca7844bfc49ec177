// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heads tell how many bytes their objects have, also where they had not told or some were lost. */
class HeadSizesTest {
  private static final int LARGE = 3 * Erasure.MAX_KEYS;
  private static final RocksStoreOptions OPTIONS =
      RocksStoreOptions.defaults().withWriteBufferBytes(64 << 10);

  @TempDir Path folder;

  private static long counted(ObjectStore store, ObjectRef object) {
    ScanRange all =
        new ScanRange(
            EntryKey.first(EntryKind.USER),
            EntryKey.end(EntryKind.META),
            false,
            Integer.MAX_VALUE,
            Long.MAX_VALUE);
    long bytes = 0;
    for (Entry entry : store.scan(object, all, View.current()).entries()) {
      bytes += entry.key().length() + entry.value().length;
    }
    return bytes;
  }

  @Test
  void heads_of_the_first_format_get_sizes() throws Exception {
    try (RocksStore store = RocksStore.open(folder, OPTIONS)) {
      DeletionTest.fill(store, Ledger.ref(1), LARGE, "value");
      OpenedObject cleared = store.open(Ledger.ref(2), "object-2");
      RocksStoreTest.commit(
          store, RocksStoreTest.put(cleared.opening(), 1, Generation.ofSecond(1), "one"));
      RocksStoreTest.commit(
          store,
          new Commit(
              cleared.opening(),
              2,
              Generation.ofSecond(2),
              true,
              List.of(
                  new Change(EntryKey.user("a"), new byte[5]),
                  new Change(EntryKey.of(EntryKind.META, new byte[] {1}), new byte[9])),
              null,
              List.of()));
      asInTheFirstFormat(store);
    }
    for (int start = 0; start < 2; start++) {
      try (RocksStore store = RocksStore.open(folder, OPTIONS)) {
        OpenedObject large = store.open(Ledger.ref(1), null);
        assertThat(large.name()).isEqualTo("object-1");
        assertThat(large.seq()).isEqualTo(2);
        assertThat(large.bytes()).isEqualTo(counted(store, Ledger.ref(1))).isGreaterThan(LARGE);
        OpenedObject cleared = store.open(Ledger.ref(2), null);
        assertThat(cleared.bytes()).isEqualTo(2 + 5 + 2 + 9);
        RocksStoreTest.commit(
            store,
            new Commit(
                cleared.opening(),
                cleared.seq() + 1,
                cleared.generation(),
                true,
                List.of(new Change(EntryKey.user("a"), new byte[5])),
                null,
                List.of()));
        assertThat(store.open(Ledger.ref(2), null).bytes()).isEqualTo(2 + 5 + 2 + 9);
      }
    }
  }

  /** Takes the sizes out of all heads, and says that it is the first format. */
  private static void asInTheFirstFormat(RocksStore store) throws Exception {
    BatchBuffer batch = new BatchBuffer();
    try (Cursor cursor = store.database().cursor()) {
      boolean more = cursor.seek(new byte[] {Keys.OBJECT});
      while (more && cursor.key()[0] == Keys.OBJECT) {
        if (cursor.key().length == Keys.PREFIX + 1) {
          byte[] head = cursor.value();
          byte[] old = new byte[head.length - 16];
          System.arraycopy(head, 0, old, 0, 29);
          System.arraycopy(head, 45, old, 29, head.length - 45);
          old[0] &= 1;
          batch.put(cursor.key(), old);
        }
        more = cursor.next();
      }
    }
    batch.put(Keys.meta("format"), new byte[] {0, 0, 0, 1});
    store.database().write(batch.toBytes());
  }

  @Test
  void after_a_loss_was_accepted_sizes_are_those_of_what_is_left() throws Exception {
    // Each opening moves what the log holds to a data file of its own, and two are not merged.
    for (int part = 0; part < 2; part++) {
      try (RocksStore store = RocksStore.open(folder, RocksStoreOptions.defaults())) {
        for (int i = 5 * part; i < 5 * part + 5; i++) {
          DeletionTest.fill(store, Ledger.ref(i), 200 + 100 * i, "value of object " + i);
        }
      }
    }
    RocksStore.open(folder, RocksStoreOptions.defaults()).close();
    loseEverySecondDataFile();
    try (RocksStore store = RocksStore.open(folder, OPTIONS.withAcceptLoss(true))) {
      long left = 0;
      for (int i = 0; i < 10; i++) {
        assertThat(store.open(Ledger.ref(i), null).bytes())
            .as("object %s", i)
            .isEqualTo(counted(store, Ledger.ref(i)));
        left += DeletionTest.entries(store, Ledger.ref(i));
      }
      assertThat(left).isPositive();
    }
  }

  private void loseEverySecondDataFile() throws IOException {
    List<Path> files = StoreLayout.list(new StoreLayout(folder).database(), "*.sst");
    assertThat(files.size()).isGreaterThan(1);
    for (int i = 0; i < files.size(); i += 2) {
      Files.delete(files.get(i));
    }
  }
}
