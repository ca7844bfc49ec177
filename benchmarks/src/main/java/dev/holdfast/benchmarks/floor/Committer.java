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
 * The group commit: one thread that takes all increments that wait, writes one put for each in one
 * synced batch, and lets the waiting requests go. While it waits for the disk the next group
 * gathers.
 *
 * <p>Requests push onto a stack, which the committer takes whole and turns round: handing over is
 * one compare-and-set, and only the request that finds the stack empty has to wake the committer.
 *
 * <p>The committer alone counts, so increments of a counter are atomic and reach the disk in the
 * order of their values. After a failed write nothing is written any more.
 */
final class Committer {
  private final AtomicReference<@Nullable Increment> waiting = new AtomicReference<>();
  private final RocksDB db;
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final Batch puts = new Batch();
  private final long delayNanos;
  private final Thread thread;
  private @Nullable RocksDBException broken;

  Committer(RocksDB db, long delayMillis) {
    this.db = db;
    this.delayNanos = delayMillis * 1_000_000;
    this.thread = Thread.ofPlatform().name("committer").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Adds one to the counter; returns the new value once it is on disk. */
  long increment(Counter counter) {
    Increment increment = new Increment(counter);
    Increment below;
    do {
      below = waiting.get();
      increment.next = below;
    } while (!waiting.compareAndSet(below, increment));
    if (below == null) {
      LockSupport.unpark(thread);
    }
    return increment.await();
  }

  private void run() {
    while (true) {
      Increment newest = waiting.getAndSet(null);
      if (newest == null) {
        LockSupport.park(this);
      } else {
        commit(oldestFirst(newest));
      }
    }
  }

  /** Turns the links of a stack round. */
  private static @Nullable Increment oldestFirst(Increment newest) {
    Increment first = null;
    Increment rest = newest;
    while (rest != null) {
      Increment below = rest.next;
      rest.next = first;
      first = rest;
      rest = below;
    }
    return first;
  }

  private void commit(@Nullable Increment group) {
    for (Increment i = group; i != null; i = i.next) {
      i.value = ++i.counter.pending;
      puts.put(i.counter.key, i.value);
    }
    write();
    for (Increment i = group; i != null; ) {
      Increment following = i.next;
      if (broken == null) {
        i.counter.durable = i.value;
      }
      i.complete(broken);
      i = following;
    }
  }

  private void write() {
    try (WriteBatch batch = puts.take()) {
      delay();
      if (broken == null) {
        db.write(synced, batch);
      }
    } catch (RocksDBException e) {
      broken = e;
    }
  }

  /** Waits as long as the slow disk that it plays; requests that arrive meanwhile unpark it. */
  private void delay() {
    long end = System.nanoTime() + delayNanos;
    for (long left = delayNanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
