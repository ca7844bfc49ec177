// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds one connection to the time limits. Event loop only.
 *
 * <p>Requests neither start nor cancel timers: they leave marks of time, and one timer per
 * connection looks at the marks. It looks again when the limit in force runs out, and never later
 * than after the shortest limit, so a limit that begins between two looks is not missed.
 */
final class ConnectionWatch implements Runnable {
  /** Who knows the limits of a connection, by what is spoken on it. */
  interface Watched {
    /** Nanoseconds until the limit in force passes; if it has passed, acts on it. */
    long nanosLeft(long now);

    /** The client took nothing of what is written for too long. */
    void cutSlowClient();

    /** The connection is over. */
    void closed();
  }

  private final Channel channel;
  private final long sendNanos;
  private final long periodNanos;

  private Watched watched;
  private @Nullable ScheduledFuture<?> next;
  private long stalledSince;
  private long pendingSeen;
  private long progressSeen;

  ConnectionWatch(Watched watched, Channel channel, GatewayTimeouts timeouts) {
    this.watched = watched;
    this.channel = channel;
    this.sendNanos = timeouts.send().toNanos();
    this.periodNanos =
        Stream.of(
                timeouts.head(),
                timeouts.body(),
                timeouts.send(),
                timeouts.idle(),
                timeouts.answer(),
                timeouts.socketPing())
            .mapToLong(Duration::toNanos)
            .min()
            .orElseThrow();
  }

  /** Watches until the connection is closed, and tells of that. */
  void start() {
    schedule(periodNanos);
    channel.closeFuture().addListener(_ -> stop());
  }

  /** From now on another is asked and told, and nothing of the one before is kept. */
  void handOver(Watched to) {
    watched = to;
  }

  private void schedule(long nanos) {
    next =
        channel.eventLoop().schedule(this, Math.clamp(nanos, 1, periodNanos), TimeUnit.NANOSECONDS);
  }

  private void stop() {
    if (next != null) {
      next.cancel(false);
    }
    watched.closed();
  }

  @Override
  public void run() {
    long now = System.nanoTime();
    long left = Math.min(sendLeft(now), watched.nanosLeft(now));
    if (channel.isOpen()) {
      schedule(left);
    }
  }

  /** Nanoseconds until a client that takes nothing is cut. */
  private long sendLeft(long now) {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    long pending = out == null ? 0 : out.totalPendingWriteBytes();
    if (pending == 0) {
      pendingSeen = 0;
      return periodNanos;
    }
    long progress = out.currentProgress();
    if (pending != pendingSeen || progress != progressSeen) {
      pendingSeen = pending;
      progressSeen = progress;
      stalledSince = now;
      return sendNanos;
    }
    long left = sendNanos - (now - stalledSince);
    if (left <= 0) {
      watched.cutSlowClient();
    }
    return left;
  }
}
