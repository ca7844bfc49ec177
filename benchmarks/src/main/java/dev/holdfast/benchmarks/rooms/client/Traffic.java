// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Messages sent in a crowd for a while, and what became of them. It ends when all that was sent has
 * arrived at all members, or with an error. Event loop only, but for the result.
 */
abstract class Traffic {
  private static final int SIGNIFICANT_DIGITS = 3;

  /** How long after the last message was sent all have to be there. */
  private static final int DRAIN_SECONDS = 15;

  protected final Crowd crowd;
  protected final EventLoop loop;
  private final long lengthNanos;
  private final Histogram nanos = new Histogram(SIGNIFICANT_DIGITS);
  private final CompletableFuture<Result> result = new CompletableFuture<>();
  private long start;
  private long sent;
  private long complete;
  private long delivered;
  private long deliveredInTime;
  private boolean over;

  /**
   * What became of it.
   *
   * @param delivered in all
   * @param inTime of them until the last was sent
   * @param lengthNanos from the first that was sent to the last
   * @param p50Nanos from sending a message to its arrival at a member, of all deliveries
   * @param p99Nanos likewise
   */
  record Result(long delivered, long inTime, long lengthNanos, long p50Nanos, long p99Nanos) {}

  Traffic(Crowd crowd, EventLoop loop, long lengthNanos) {
    this.crowd = crowd;
    this.loop = loop;
    this.lengthNanos = lengthNanos;
  }

  /** Sends the first messages. */
  abstract void begin();

  /** Everybody in a room has a message. */
  abstract void complete(Room room);

  final CompletableFuture<Result> run() {
    crowd.carry(this);
    start = System.nanoTime();
    var _ = loop.schedule(this::stop, lengthNanos, TimeUnit.NANOSECONDS);
    begin();
    return result;
  }

  final long start() {
    return start;
  }

  final boolean over() {
    return over;
  }

  final void speak(Room room, long at) {
    sent++;
    room.speak(at);
  }

  private void stop() {
    deliveredInTime = delivered;
    over = true;
    endIfComplete();
    var _ =
        loop.schedule(
            () ->
                fail(
                    new WrongDelivery(
                        "%d of %d messages had not arrived at all members %d s after the last was sent"
                            .formatted(sent - complete, sent, DRAIN_SECONDS))),
            DRAIN_SECONDS,
            TimeUnit.SECONDS);
  }

  final void delivered(Room room, long sentAt, boolean all) {
    delivered++;
    nanos.recordValue(System.nanoTime() - sentAt);
    if (all) {
      complete++;
      if (over) {
        endIfComplete();
      } else {
        complete(room);
      }
    }
  }

  private void endIfComplete() {
    if (complete == sent) {
      result.complete(
          new Result(
              delivered,
              deliveredInTime,
              lengthNanos,
              nanos.getValueAtPercentile(50),
              nanos.getValueAtPercentile(99)));
    }
  }

  final void fail(Throwable cause) {
    over = true;
    result.completeExceptionally(cause);
  }
}
