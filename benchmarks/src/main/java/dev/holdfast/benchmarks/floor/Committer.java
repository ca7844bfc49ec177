// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The group commit: one thread that takes all increments that wait, writes one put for each into
 * one batch, syncs it, and lets the waiting requests go.
 *
 * <p>Requests push onto a stack; the committer takes the whole stack with one exchange and turns it
 * round, so that handing over costs one compare-and-set and only the request that finds the stack
 * empty has to wake the committer.
 *
 * <p>The committer alone counts, so increments of a counter are atomic and reach the disk in the
 * order of their values. After a failed write nothing is written any more.
 */
final class Committer {
  private final AtomicReference<@Nullable Increment> waiting = new AtomicReference<>();
  private final RocksDB db;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final long delayNanos;
  private final Thread thread;
  private @Nullable RocksDBException broken;

  Committer(RocksDB db, long delayMillis) {
    this.db = db;
    this.delayNanos = delayMillis * 1_000_000;
    this.thread =
        Boolean.getBoolean("x.virtual")
            ? Thread.ofVirtual().unstarted(this::run)
            : new Thread(this::run, "committer");
    this.thread.start();
  }

  /** Adds one to the counter; returns the new value once it is on disk. */
  long increment(Counter counter) {
    Increment increment = new Increment(counter);
    Increment top;
    do {
      top = waiting.get();
      increment.previous = top;
    } while (!waiting.compareAndSet(top, increment));
    if (top == null) {
      LockSupport.unpark(thread);
    }
    return increment.await();
  }

  private void run() {
    while (true) {
      Increment last = waiting.getAndSet(null);
      if (last == null) {
        LockSupport.park(this);
      } else {
        commit(oldestFirst(last));
      }
    }
  }

  private static Increment[] oldestFirst(Increment last) {
    int size = 0;
    for (Increment i = last; i != null; i = i.previous) {
      size++;
    }
    Increment[] group = new Increment[size];
    for (Increment i = last; i != null; i = i.previous) {
      group[--size] = i;
    }
    return group;
  }

  private void commit(Increment[] group) {
    if (broken == null) {
      try (WriteBatch batch = batchOf(group)) {
        if (delayNanos > 0) {
          LockSupport.parkNanos(delayNanos);
        }
        db.write(synced, batch);
      } catch (RocksDBException e) {
        broken = e;
      }
    }
    for (Increment increment : group) {
      if (broken == null) {
        increment.counter.durable = increment.value;
      }
    }
    for (Increment increment : group) {
      increment.complete(broken);
    }
  }

  private static final boolean RAW = Boolean.getBoolean("x.raw");
  private byte[] buffer = new byte[64 * 1024];

  private WriteBatch batchOf(Increment[] group) throws RocksDBException {
    if (RAW) {
      int p = 12;
      buffer[8] = (byte) group.length;
      buffer[9] = (byte) (group.length >> 8);
      for (Increment increment : group) {
        Counter counter = increment.counter;
        increment.value = ++counter.pending;
        buffer[p++] = 1;
        buffer[p++] = (byte) counter.key.length;
        System.arraycopy(counter.key, 0, buffer, p, counter.key.length);
        p += counter.key.length;
        buffer[p++] = 8;
        long v = increment.value;
        for (int i = 0; i < 8; i++) {
          buffer[p++] = (byte) (v >>> (56 - 8 * i));
        }
      }
      return new WriteBatch(java.util.Arrays.copyOf(buffer, p));
    }
    WriteBatch batch = new WriteBatch();
    for (Increment increment : group) {
      Counter counter = increment.counter;
      increment.value = ++counter.pending;
      batch.put(counter.key, Counters.encode(increment.value));
    }
    return batch;
  }
}
