// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.WebSocketClose;
import dev.holdfast.engine.socket.Frame;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Something on its way from an object to the client of a socket: a message, or the end. It is a
 * link of the queue in {@link SocketOutbox} and the promise of its own write too, as a message to
 * many makes one for each socket and nothing else.
 */
final class Outgoing extends DefaultChannelPromise {
  private final ClientSocket socket;
  private final @Nullable Frame message;
  private final @Nullable WebSocketClose end;

  /** What was added before it; then, in the order of writing, what comes after it. */
  @Nullable Outgoing next;

  private Outgoing(
      ClientSocket socket,
      ChannelHandlerContext context,
      @Nullable Frame message,
      @Nullable WebSocketClose end) {
    super(context.channel(), context.executor());
    this.socket = socket;
    this.message = message;
    this.end = end;
  }

  static Outgoing message(ClientSocket socket, ChannelHandlerContext context, Frame message) {
    return new Outgoing(socket, context, message, null);
  }

  static Outgoing end(ClientSocket socket, ChannelHandlerContext context, WebSocketClose end) {
    return new Outgoing(socket, context, null, end);
  }

  ClientSocket socket() {
    return socket;
  }

  /** Null if it is the end. */
  @Nullable Frame message() {
    return message;
  }

  /** Null if it is a message. */
  @Nullable WebSocketClose end() {
    return end;
  }

  /** It is not written, as the connection is closed or closing. */
  void drop() {
    boolean _ = trySuccess(null);
  }

  @Override
  public boolean trySuccess(@Nullable Void nothing) {
    return gone(super.trySuccess(null));
  }

  @Override
  public boolean tryFailure(Throwable cause) {
    return gone(super.tryFailure(cause));
  }

  private boolean gone(boolean now) {
    if (now && message != null) {
      socket.gone(message);
    }
    return now;
  }
}
