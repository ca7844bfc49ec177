// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.engine.socket.SocketConnection;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection of a socket, after its handshake: takes the client's messages to the {@link
 * Socket} and what the object sends to the client. The last handler of the pipeline that sees
 * messages; event loop only, but for what {@link SocketConnection} says.
 *
 * <p>What waits for a client that reads slowly is bounded; beyond, the socket is closed. While the
 * object takes no more nothing is read from the client, nor is it expected to say anything.
 */
final class ClientSocket extends ChannelInboundHandlerAdapter
    implements SocketConnection, ConnectionWatch.Watched {
  private static final Logger log = LoggerFactory.getLogger(ClientSocket.class);
  private static final int CLOSE = 8;
  private static final int NO_STATUS = 1005;
  private static final int ABNORMAL = 1006;
  private static final int POLICY = 1008;
  private static final int TOO_BIG = 1009;
  private static final int INTERNAL = 1011;
  private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Socket socket;
  private final Edge edge;
  private final SocketSettings settings;
  private final ChannelHandlerContext end;
  private final boolean compressed;
  private final SocketOutbox outbox;
  private final SocketDecoder decoder;

  /** What was sent and the client's socket has not taken counts for, by {@link Frame#cost}. */
  private final AtomicLong unsent = new AtomicLong();

  private volatile boolean overflowed;
  private @Nullable ChannelHandlerContext context;
  private @Nullable SocketPings pings;

  /** What was sent as the last frame; null if none was. */
  private @Nullable WebSocketClose closeSent;

  /** Whether the engine knows that it has ended. */
  private boolean told;

  private boolean reads = true;
  private boolean inputEnded;
  private boolean endsInTime;
  private boolean touched;

  /**
   * @param end the place of the connection's {@link LingeringClose}
   * @param compressed whether client and server have agreed on compression
   */
  ClientSocket(Socket socket, Edge edge, ChannelHandlerContext end, boolean compressed) {
    this.socket = socket;
    this.edge = edge;
    this.settings = edge.sockets();
    this.end = end;
    this.compressed = compressed;
    this.outbox = edge.outbox(end.channel().eventLoop());
    this.decoder =
        new SocketDecoder(
            SocketCodec.payloadBytes(edge.limits().socketMessageBytes(), compressed),
            compressed,
            this::takesMore);
  }

  /** Makes frames of bytes, in front of this. */
  SocketDecoder decoder() {
    return decoder;
  }

  /** From now on a stop of the gateway finds it; {@link #tell} takes it off the list. */
  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    pings = new SocketPings(added, settings.pingNanos());
    settings.open().add(this);
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("the socket has no connection");
    }
    return known;
  }

  private SocketPings pings() {
    SocketPings known = pings;
    if (known == null) {
      throw new IllegalStateException("the socket has no connection");
    }
    return known;
  }

  private boolean isActive() {
    return context().channel().isActive();
  }

  // ---------------------------------------------------------------- to the client, any thread

  @Override
  public void send(Frame message) {
    if (overflowed) {
      return;
    }
    if (!mayWait(message)) {
      overflowed = true;
      close(
          POLICY,
          "the client takes too little: more than %d bytes wait (limits.socket-send-bytes)"
              .formatted(settings.sendBytes()));
      return;
    }
    outbox.add(Outgoing.message(this, context(), message));
  }

  /** Counts a message, if it may wait for the client too; then {@link #gone} follows. */
  private boolean mayWait(Frame message) {
    long waiting;
    do {
      waiting = unsent.get();
      if (!message.fitsBehind(waiting, settings.sendBytes())) {
        return false;
      }
    } while (!unsent.compareAndSet(waiting, waiting + message.cost()));
    return true;
  }

  /** The client's socket has taken a message, or it is dropped. Any thread. */
  void gone(Frame message) {
    unsent.addAndGet(-message.cost());
  }

  @Override
  public void close(int code, String reason) {
    outbox.add(Outgoing.end(this, context(), new WebSocketClose(code, reason, false)));
  }

  @Override
  public void flowChanged() {
    execute(this::readAsItTakes);
  }

  /** Ends the connection, without what waits for the client. */
  void reset() {
    execute(() -> LingeringClose.reset(end));
  }

  /** Ends the connection once everything written is sent. */
  private void endConnection() {
    execute(
        () -> {
          var _ = end.channel().close();
        });
  }

  /** Runs an action on the event loop, after what it does now, unless the gateway has stopped. */
  private void execute(Runnable action) {
    try {
      end.executor().execute(action);
    } catch (RejectedExecutionException e) {
      log.debug("{} was in use when the gateway had stopped", socket, e);
    }
  }

  // ---------------------------------------------------------------- to the client

  /** Whether this is the first time in a round of the outbox; {@link #flush} ends the round. */
  boolean touch() {
    boolean firstTime = !touched;
    touched = true;
    return firstTime;
  }

  void write(Outgoing outgoing) {
    Frame message = outgoing.message();
    WebSocketClose end = outgoing.end();
    if (closeSent != null || !isActive()) {
      outgoing.drop();
    } else if (message != null) {
      var _ =
          context().write(outbox.codec().encode(context().alloc(), message, compressed), outgoing);
    } else if (end != null) {
      end(end);
    }
  }

  void flush() {
    touched = false;
    context().flush();
  }

  /** Something here failed in a way that nobody expects. */
  void broke(Throwable why) {
    touched = false;
    log.error("{} is reset, since a message to it could not be written", socket, why);
    reset();
  }

  /** The object or the node closes: the client has some seconds to close too. */
  private void end(WebSocketClose with) {
    sendClose(with, this::resetLater);
  }

  /** The client has broken the rules: it need not answer, and nothing it says is heard. */
  private void fail(int code, String reason) {
    WebSocketClose close = new WebSocketClose(code, reason, false);
    decoder.stop();
    sendClose(
        close,
        () -> {
          tell(close);
          endConnection();
        });
  }

  /**
   * Sends a close frame, unless one was.
   *
   * @param taken runs when all is written that was sent before, and the close frame
   */
  private void sendClose(WebSocketClose close, Runnable taken) {
    if (closeSent != null || !isActive()) {
      return;
    }
    closeSent = close;
    endInTime();
    pings().stop();
    byte[] reason = close.reason().getBytes(StandardCharsets.UTF_8);
    byte[] payload =
        close.code() == NO_STATUS
            ? reason
            : ByteBuffer.allocate(2 + reason.length)
                .putShort((short) close.code())
                .put(reason)
                .array();
    var _ =
        context()
            .writeAndFlush(SocketCodec.control(context().alloc(), CLOSE, payload))
            .addListener(_ -> taken.run());
    readAsItTakes();
  }

  /** The client has as long to close as it has to answer a ping, and at most 5 s. */
  private void resetLater() {
    resetAfter(Math.min(CLOSING_NANOS, settings.pingNanos()));
  }

  /** From the first time on the connection has a last moment, however little its client takes. */
  private void endInTime() {
    if (!endsInTime) {
      endsInTime = true;
      resetAfter(edge.timeouts().send().toNanos());
    }
  }

  private void resetAfter(long nanos) {
    var late = context().executor().schedule(this::reset, nanos, TimeUnit.NANOSECONDS);
    context().channel().closeFuture().addListener(_ -> late.cancel(false));
  }

  // ---------------------------------------------------------------- from the client

  /**
   * Begins to read, once the socket is open. From now on it is told of the end of the connection,
   * and not by way of the handlers before this, which may fail at the end.
   */
  void begin() {
    if (edge.draining()) {
      edge.closeSockets(); // which may have gone through the list before
    }
    if (isActive()) {
      readAsItTakes();
    } else {
      closed();
    }
  }

  /** Behind a close frame all is read, for that of the client. */
  private boolean takesMore() {
    return closeSent != null || socket.takesMore();
  }

  /** Takes what is held back if more is taken, and reads on if more is taken then. */
  private void readAsItTakes() {
    if (!isActive()) {
      return;
    }
    if (decoder.isHolding() && takesMore()) {
      decoder.goOn(context().pipeline().context(decoder));
    }
    boolean now = takesMore();
    if (now && !reads) {
      pings().standStill(System.nanoTime());
    }
    reads = now;
    context().channel().config().setAutoRead(now);
    closeIfAllCame();
  }

  /** What else is told by events ends here, that the node stops too: see {@link Edge#drain}. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (InputEnd.isTold(event)) {
      inputEnded = true;
      closeIfAllCame();
    }
    ReferenceCountUtil.release(event);
  }

  private void closeIfAllCame() {
    if (inputEnded && !decoder.isHolding()) {
      endInTime();
      endConnection();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof WebSocketFrame frame) {
        received(frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void received(WebSocketFrame frame) {
    switch (frame) {
      case PingWebSocketFrame ping -> pings().received(ByteBufUtil.getBytes(ping.content()));
      case PongWebSocketFrame _ -> {}
      case CloseWebSocketFrame close -> closedByClient(close);
      default -> take(frame);
    }
  }

  private void take(WebSocketFrame frame) {
    if (closeSent == null) {
      WebSocketMessage message = outbox.codec().decode(frame);
      socket.received(this, message);
      if (!socket.takesMore()) {
        reads = false;
        context().channel().config().setAutoRead(false);
      }
    }
  }

  private void closedByClient(CloseWebSocketFrame close) {
    int code = close.statusCode() < 0 ? NO_STATUS : close.statusCode();
    sendClose(new WebSocketClose(code, "", true), () -> {});
    tell(new WebSocketClose(code, close.reasonText(), true));
    endConnection();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    pings().answer();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!isActive()) {
      log.debug("{} failed, whose connection is over", socket, cause);
      return;
    }
    switch (cause) {
      case Throwable broken when InputEnd.breaks(broken) -> {
        log.debug("the connection of {} failed", socket, broken);
        endConnection();
      }
      case CorruptedWebSocketFrameException bad when bad.closeStatus().code() == TOO_BIG ->
          failAsTooBig();
      case CorruptedWebSocketFrameException bad ->
          fail(bad.closeStatus().code(), String.valueOf(bad.getMessage()));
      case TooLongFrameException _ -> failAsTooBig();
      default -> {
        log.error("{} is closed, since it failed", socket, cause);
        fail(INTERNAL, "the node failed to read a message");
      }
    }
  }

  private void failAsTooBig() {
    fail(
        TOO_BIG,
        "a message may have %d bytes (limits.socket-message-bytes)"
            .formatted(edge.limits().socketMessageBytes()));
  }

  /** The connection is over, or there is none. */
  @Override
  public void closed() {
    lost(ClientConnection.GONE);
  }

  @Override
  public void cutSlowClient() {
    lose(
        "the client took no byte of what was sent within "
            + edge.timeouts().send().toMillis()
            + " ms (limits.send-ms)");
  }

  private void lose(String why) {
    log.debug("the connection of {} is reset: {}", socket, why);
    lost(why);
    LingeringClose.reset(end);
  }

  private void lost(String why) {
    WebSocketClose sent = closeSent;
    tell(sent != null ? sent : new WebSocketClose(ABNORMAL, why, false));
  }

  /** Tells the object once how it has ended. */
  private void tell(WebSocketClose how) {
    if (!told) {
      told = true;
      settings.open().remove(this);
      socket.ended(this, how);
    }
  }

  /** Nanoseconds until a silent client is asked whether it is there, or taken for gone. */
  @Override
  public long nanosLeft(long now) {
    if (LingeringClose.closing(end)) {
      return Long.MAX_VALUE;
    }
    if (!reads || closeSent != null) {
      pings().standStill(now);
      return settings.pingNanos();
    }
    long left = pings().nanosLeft(now, decoder.heardAt());
    if (left <= 0) {
      lose(
          "the client did not answer a ping within "
              + Duration.ofNanos(settings.pingNanos()).toMillis()
              + " ms (limits.socket-ping-ms)");
      return Long.MAX_VALUE;
    }
    return left;
  }
}
