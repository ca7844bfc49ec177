// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import dev.holdfast.store.memory.InMemoryData;
import dev.holdfast.store.memory.InMemoryStore;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** The stores that histories are tested over; each can be closed and opened again. */
enum HistoryStores {
  IN_MEMORY {
    @Override
    Reopening over(Path folder, ManualClock clock) {
      InMemoryData data = new InMemoryData();
      return () -> new InMemoryStore(clock, Retention.DEFAULT, data);
    }
  },
  EMBEDDED {
    @Override
    Reopening over(Path folder, ManualClock clock) {
      RocksStoreOptions options =
          RocksStoreOptions.defaults().withClock(clock).withWriteBufferBytes(1 << 20);
      return () -> RocksStore.open(folder.resolve("data"), options);
    }
  };

  /** Opens a store whose last handle was closed. */
  interface Reopening {
    ObjectStore open();
  }

  abstract Reopening over(Path folder, ManualClock clock);

  /** How many bytes all entries of an object have now. */
  static long bytes(ObjectStore store, ObjectRef object) {
    EntryKey from = EntryKey.first(EntryKind.USER);
    EntryKey to = EntryKey.end(EntryKind.META);
    long bytes = 0;
    ScanPage page;
    do {
      page = store.scan(object, new ScanRange(from, to, false, 10_000, 4 << 20), View.current());
      for (Entry entry : page.entries()) {
        bytes += entry.key().length() + (long) entry.value().length;
        from = entry.key().successor();
      }
    } while (!page.complete());
    return bytes;
  }

  /** A number that stands for all that goes back with an object, as of a moment. */
  static long digest(ObjectStore store, ObjectRef object, View view) {
    CRC32 one = new CRC32();
    CRC32C other = new CRC32C();
    EntryKey from = EntryKey.first(EntryKind.USER);
    EntryKey to = EntryKey.first(EntryKind.META);
    ScanPage page;
    do {
      page = store.scan(object, new ScanRange(from, to, false, 10_000, 4 << 20), view);
      for (Entry entry : page.entries()) {
        byte[] key = entry.key().bytes();
        byte[] value = entry.value();
        ByteBuffer all = ByteBuffer.allocate(8 + key.length + value.length);
        all.putInt(key.length).putInt(value.length).put(key).put(value).flip();
        one.update(all);
        other.update(all.rewind());
        from = entry.key().successor();
      }
    } while (!page.complete());
    return one.getValue() << 32 | other.getValue();
  }
}
