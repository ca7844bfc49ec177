// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A clock that moves only when a test says so; what falls due runs on the test's thread. */
public final class ManualClock implements NodeClock, InstantSource {
  private final class Entry implements Scheduled {
    private final long due;
    private final long order;
    private final Runnable action;

    private Entry(long due, long order, Runnable action) {
      this.due = due;
      this.order = order;
      this.action = action;
    }

    @Override
    public boolean cancel() {
      synchronized (ManualClock.this) {
        return entries.remove(this);
      }
    }
  }

  /** A monotonic clock may begin anywhere, so this one begins below zero. */
  private static final long ORIGIN_NANOS = Duration.ofDays(1).toNanos();

  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

  private final PriorityQueue<Entry> entries =
      new PriorityQueue<>(
          Comparator.<Entry>comparingLong(entry -> entry.due)
              .thenComparingLong(entry -> entry.order));
  private long nanos;
  private long orders;

  @Override
  public synchronized Instant now() {
    return START.plusNanos(nanos);
  }

  @Override
  public Instant instant() {
    return now();
  }

  @Override
  public synchronized long nanoTime() {
    return nanos - ORIGIN_NANOS;
  }

  @Override
  public synchronized Scheduled after(Duration delay, Runnable action) {
    Entry entry = new Entry(nanos + NodeClock.nanosOf(delay), orders++, action);
    entries.add(entry);
    return entry;
  }

  /** How many actions are pending. */
  public synchronized int pending() {
    return entries.size();
  }

  /** Moves on, running what falls due on the way, in order. */
  public void advance(Duration duration) {
    long target;
    synchronized (this) {
      target = nanos + duration.toNanos();
    }
    for (Entry next = dueBy(target); next != null; next = dueBy(target)) {
      next.action.run();
    }
    synchronized (this) {
      nanos = target;
    }
  }

  private synchronized @Nullable Entry dueBy(long target) {
    Entry head = entries.peek();
    if (head == null || head.due > target) {
      return null;
    }
    entries.remove();
    nanos = Math.max(nanos, head.due);
    return head;
  }
}
