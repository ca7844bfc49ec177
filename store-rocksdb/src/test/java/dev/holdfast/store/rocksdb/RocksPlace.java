// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Retention;
import dev.holdfast.store.contract.FaultyPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** A data directory of its own, with a disk whose writes can be made to fail. */
final class RocksPlace implements FaultyPlace {
  /** What the next write does instead of succeeding. */
  private enum Fault {
    /** It is on disk, and fails. */
    APPLIED,
    /** It never reaches the disk, and fails. */
    LOST
  }

  final Path directory;
  private final AtomicReference<@Nullable Fault> next = new AtomicReference<>();

  RocksPlace() throws IOException {
    this.directory = Files.createTempDirectory("rocks-store");
  }

  @Override
  public ObjectStore open(InstantSource clock, Retention retention) {
    return open(RocksStoreOptions.defaults().withClock(clock).withRetention(retention));
  }

  RocksStore open(RocksStoreOptions options) {
    Surroundings real = Surroundings.real();
    return RocksStore.open(
        directory,
        options,
        new Surroundings(this::faulty, real.usableBytes(), real.nanos(), real.random()));
  }

  private BatchWriter faulty(BatchWriter disk) {
    return batch -> {
      Fault fault = next.getAndSet(null);
      if (fault == null) {
        return disk.write(batch);
      }
      if (fault == Fault.APPLIED) {
        disk.write(batch);
      }
      throw new RocksDBException("the disk failed, as the test told it to");
    };
  }

  @Override
  public void failNextWrite(boolean applied) {
    next.set(applied ? Fault.APPLIED : Fault.LOST);
  }

  @Override
  public void close() throws IOException {
    Folders.delete(directory);
  }
}
