// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.engine.socket.SocketConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a socket, after its handshake: takes the client's messages to the {@link
 * Socket} and what the object sends to the client. The last handler of the pipeline that sees
 * messages; event loop only, but for what {@link SocketConnection} says.
 *
 * <p>Protocol pings are answered here, and sent to a client that is silent: one that does not
 * answer is taken for gone. What waits for a client that reads slowly is bounded; beyond, the
 * socket is closed.
 */
final class ClientSocket extends ChannelInboundHandlerAdapter implements SocketConnection {
  private static final int PROTOCOL_ERROR = 1002;
  private static final int NO_STATUS = 1005;
  private static final int ABNORMAL = 1006;
  private static final int NOT_TEXT = 1007;
  private static final int POLICY = 1008;
  private static final int TOO_BIG = 1009;
  private static final long CLOSING_SECONDS = 5;

  private final Socket socket;
  private final SocketOutbox outbox;
  private final SocketSettings settings;
  private final ClientConnection connection;

  /** Bytes that were sent and the client's socket has not taken. */
  private final AtomicLong unsent = new AtomicLong();

  private volatile boolean overflowed;
  private @Nullable ChannelHandlerContext context;

  /** What was sent as the last frame; null if none was. */
  private @Nullable WebSocketClose closeSent;

  /** Whether the engine knows that it has ended. */
  private boolean told;

  private long heardAt = System.nanoTime();
  private boolean pinged;

  ClientSocket(
      Socket socket, SocketOutbox outbox, SocketSettings settings, ClientConnection connection) {
    this.socket = socket;
    this.outbox = outbox;
    this.settings = settings;
    this.connection = connection;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("the socket has no connection");
    }
    return known;
  }

  // ---------------------------------------------------------------- to the client, any thread

  @Override
  public void send(Frame message) {
    int length = message.bytes().length;
    if (overflowed) {
      return;
    }
    if (unsent.addAndGet(length) > settings.sendBytes()) {
      overflowed = true;
      add(
          () ->
              end(
                  POLICY,
                  "the client takes too little: more than %d bytes wait (limits.socket-send-bytes)"
                      .formatted(settings.sendBytes())));
      return;
    }
    add(() -> write(message));
  }

  @Override
  public void close(int code, String reason) {
    add(() -> end(code, reason));
  }

  @Override
  public void flowChanged() {
    connection.execute(this::readAsItTakes);
  }

  private void add(Runnable write) {
    outbox.add(
        new SocketOutbox.Write() {
          @Override
          public void write() {
            write.run();
          }

          @Override
          public ClientSocket socket() {
            return ClientSocket.this;
          }
        });
  }

  // ---------------------------------------------------------------- to the client

  private void write(Frame message) {
    int length = message.bytes().length;
    if (closeSent != null || !context().channel().isActive()) {
      unsent.addAndGet(-length);
      return;
    }
    ByteBuf payload = Unpooled.wrappedBuffer(message.bytes());
    WebSocketFrame frame =
        message.text() ? new TextWebSocketFrame(payload) : new BinaryWebSocketFrame(payload);
    context().write(frame).addListener(_ -> unsent.addAndGet(-length));
  }

  void flush() {
    context().flush();
  }

  /** Sends a close frame, unless one was; the client has some seconds to send its own. */
  private void end(int code, String reason) {
    if (closeSent != null || !context().channel().isActive()) {
      return;
    }
    closeSent = new WebSocketClose(code, reason, false);
    var _ = context().writeAndFlush(new CloseWebSocketFrame(code, reason));
    readAsItTakes();
    var late = context().executor().schedule(connection::reset, CLOSING_SECONDS, TimeUnit.SECONDS);
    context().channel().closeFuture().addListener(_ -> late.cancel(false));
  }

  // ---------------------------------------------------------------- from the client

  /** Reads on if more is taken; and behind a close frame, for that of the client. */
  private void readAsItTakes() {
    context().channel().config().setAutoRead(closeSent != null || socket.takesMore());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    heardAt = System.nanoTime();
    pinged = false;
    try {
      if (message instanceof WebSocketFrame frame) {
        received(ctx, frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void received(ChannelHandlerContext ctx, WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame text ->
          take(new WebSocketMessage.Text(text.content().toString(StandardCharsets.UTF_8)));
      case BinaryWebSocketFrame binary ->
          take(new WebSocketMessage.Binary(ByteBufUtil.getBytes(binary.content())));
      case PingWebSocketFrame ping -> pong(ctx, ping);
      case CloseWebSocketFrame close -> closedByClient(ctx, close);
      default -> {} // a pong
    }
  }

  private static void pong(ChannelHandlerContext ctx, PingWebSocketFrame ping) {
    var _ = ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
  }

  private void take(WebSocketMessage message) {
    if (closeSent == null) {
      socket.received(this, message);
    }
  }

  private void closedByClient(ChannelHandlerContext ctx, CloseWebSocketFrame close) {
    int code = close.statusCode();
    WebSocketClose clients =
        new WebSocketClose(code < 0 ? NO_STATUS : code, close.reasonText(), true);
    if (closeSent == null) {
      closeSent = clients;
      var _ =
          ctx.writeAndFlush(
              code < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(code, ""));
    }
    tell(clients);
    connection.close();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // Nothing behind this one waits for it.
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    int code =
        switch (cause) {
          case CorruptedWebSocketFrameException corrupt -> corrupt.closeStatus().code();
          case TooLongFrameException _ -> TOO_BIG;
          default -> PROTOCOL_ERROR;
        };
    end(
        code,
        switch (code) {
          case TOO_BIG ->
              "a message may have %d bytes (limits.socket-message-bytes)"
                  .formatted(connection.edge().limits().socketMessageBytes());
          case NOT_TEXT -> "a text message is not UTF-8";
          default -> "what came is not a WebSocket message";
        });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    WebSocketClose sent = closeSent;
    tell(sent != null ? sent : new WebSocketClose(ABNORMAL, connection.lossReason(), false));
    ctx.fireChannelInactive();
  }

  private void tell(WebSocketClose how) {
    if (!told) {
      told = true;
      settings.open().remove(this);
      socket.ended(this, how);
    }
  }

  // ---------------------------------------------------------------- time

  /** Nanoseconds until a silent client is asked whether it is there, or taken for gone. */
  long nanosLeft(long now) {
    long limit = settings.pingNanos();
    long left = limit - (now - heardAt);
    if (left > 0) {
      return left;
    }
    if (pinged) {
      connection.loseSilentClient(limit);
      return Long.MAX_VALUE;
    }
    pinged = true;
    heardAt = now;
    if (closeSent == null) {
      var _ = context().writeAndFlush(new PingWebSocketFrame());
    }
    return limit;
  }
}
