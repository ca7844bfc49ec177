// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The protocol's pings of one socket, both ways: answers those of the client, and asks a silent
 * client whether it is there. Event loop only.
 *
 * <p>Answers are bounded: one is on its way at a time, and the latest ping is answered next, RFC
 * 6455 section 5.5.3.
 */
final class SocketPings {
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final byte[] NOTHING = {};

  private enum Asked {
    /** The client was heard of late enough. */
    NO,
    /** A ping waits behind what the client has not taken: the limit of sending holds. */
    WAITS,
    /** A ping is with the client, since the mark. */
    YES
  }

  private final ChannelHandlerContext context;
  private final long limitNanos;

  private Asked asked = Asked.NO;

  /** Since when the client is silent, or was asked, by {@link System#nanoTime}. */
  private long mark = System.nanoTime();

  /** What the client's latest ping said; null if that is answered. */
  private byte @Nullable [] unanswered;

  private boolean answerWaits;
  private boolean stopped;

  SocketPings(ChannelHandlerContext context, long limitNanos) {
    this.context = context;
    this.limitNanos = limitNanos;
  }

  /** The client has sent a ping. */
  void received(byte[] payload) {
    unanswered = payload;
  }

  /** Answers the latest ping, once the answer before it is taken. */
  void answer() {
    byte[] payload = unanswered;
    if (payload == null || answerWaits || stopped) {
      return;
    }
    unanswered = null;
    answerWaits = true;
    write(
        PONG,
        payload,
        () -> {
          answerWaits = false;
          answer();
        });
  }

  /** Answers no more: a close frame is the last. */
  void stop() {
    stopped = true;
  }

  private void write(int opcode, byte[] payload, Runnable taken) {
    var _ =
        context
            .writeAndFlush(SocketCodec.control(context.alloc(), opcode, payload))
            .addListener(_ -> taken.run());
  }

  /** Nothing is read from the client, or nothing is expected: its silence says nothing. */
  void standStill(long now) {
    mark = now;
  }

  /**
   * Nanoseconds until the client is asked, or is lost; not above 0 if it is lost now.
   *
   * @param heardAt when the last byte came from the client
   */
  long nanosLeft(long now, long heardAt) {
    if (asked == Asked.WAITS) {
      mark = now;
      return limitNanos;
    }
    if (heardAt - mark > 0) {
      mark = heardAt;
      asked = Asked.NO;
    }
    long left = limitNanos - (now - mark);
    if (left > 0 || asked == Asked.YES) {
      return left;
    }
    asked = Asked.WAITS;
    write(
        PING,
        NOTHING,
        () -> {
          asked = Asked.YES;
          mark = System.nanoTime();
        });
    return limitNanos;
  }
}
