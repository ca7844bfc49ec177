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
  private final ClientConnection connection;
  private final Channel channel;
  private final long sendNanos;
  private final long periodNanos;

  private @Nullable ScheduledFuture<?> next;
  private long stalledSince;
  private long pendingSeen;
  private long progressSeen;

  private ConnectionWatch(ClientConnection connection, Channel channel, GatewayTimeouts timeouts) {
    this.connection = connection;
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

  /** Watches a connection until it is closed. */
  static void start(ClientConnection connection, Channel channel, GatewayTimeouts timeouts) {
    ConnectionWatch watch = new ConnectionWatch(connection, channel, timeouts);
    watch.schedule(watch.periodNanos);
    channel.closeFuture().addListener(_ -> watch.stop());
  }

  private void schedule(long nanos) {
    next =
        channel.eventLoop().schedule(this, Math.clamp(nanos, 1, periodNanos), TimeUnit.NANOSECONDS);
  }

  private void stop() {
    if (next != null) {
      next.cancel(false);
    }
  }

  @Override
  public void run() {
    long now = System.nanoTime();
    long left = Math.min(sendLeft(now), connection.nanosLeft(now));
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
      connection.cutSlowClient();
    }
    return left;
  }
}
