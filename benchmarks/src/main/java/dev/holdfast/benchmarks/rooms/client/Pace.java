// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * Messages at a fixed rate, spread over the rooms in turn, however long they take. Each counts from
 * when it was due: a server that stands still is not spared those that were due meanwhile.
 */
final class Pace extends Traffic {
  private final long intervalNanos;
  private long sent;

  Pace(Crowd crowd, EventLoop loop, long lengthNanos, int perSecond) {
    super(crowd, loop, lengthNanos);
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
  }

  @Override
  void begin() {
    sendDue();
  }

  private void sendDue() {
    long due = start() + sent * intervalNanos;
    while (!over() && due - System.nanoTime() <= 0) {
      speak(crowd.rooms().get((int) (sent % crowd.rooms().size())), due);
      sent++;
      due += intervalNanos;
    }
    if (!over()) {
      var _ = loop.schedule(this::sendDue, due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  void complete(Room room) {
    // The next one is sent when it is due.
  }
}
