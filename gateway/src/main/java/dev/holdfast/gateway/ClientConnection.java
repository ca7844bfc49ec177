// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.gateway.tls.Certificates;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection of a client: makes an {@link Exchange} of each request, one at a time and
 * in order, and ends the connection. Event loop only, but for what says otherwise.
 *
 * <p>Vert.x holds pipelined requests back until the one before is answered, so the last exchange is
 * the only one that can be open. And a request waits here until its client has taken the answer
 * before it: so what waits for a client is one answer, however many requests it sends ahead.
 */
final class ClientConnection implements Handler<HttpServerRequest>, ConnectionWatch.Watched {
  private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

  /**
   * How much is read at once. One piece and no more before Vert.x sees whether it is to go on:
   * everything that is read is decoded, and requests are many times larger decoded than sent.
   */
  private static final RecvByteBufAllocator PIECES =
      new AdaptiveRecvByteBufAllocator(64, 2 << 10, 32 << 10).maxMessagesPerRead(1);

  private static final String TLS = "tls";

  private static final String INPUT_END = "input end";

  /** Where Vert.x is in the pipeline. */
  private static final String VERTX = "handler";

  static final String GONE = "the client closed the connection";

  private final Edge edge;
  private final RequestStarts starts;
  private final HttpServerConnection http;
  private final RequestDecoder decoder;
  private final ChannelHandlerContext socket;
  private final LingeringClose close = new LingeringClose();
  private final InputEnd input = new InputEnd(this::inputEnded);
  private final ConnectionWatch watch;
  private final long openedAt = System.nanoTime();

  private @Nullable Exchange last;

  /** A request waits until the answers before it are taken. */
  private boolean holding;

  /** How many requests were taken up: the ordinal of the last one. */
  private int taken;

  /** An answer said that it is the last: what the client sent after its request is not read. */
  private volatile boolean lastAnswered;

  private volatile String lossReason = GONE;

  private ClientConnection(
      Edge edge, RequestStarts starts, HttpServerConnection http, HttpServerOptions options) {
    this.edge = edge;
    this.starts = starts;
    this.http = http;
    this.decoder = new RequestDecoder(options);
    ChannelPipeline pipeline = http.channelHandlerContext().pipeline();
    pipeline.replace("httpDecoder", "httpDecoder", decoder);
    pipeline.addAfter("httpDecoder", INPUT_END, input);
    pipeline.addFirst("close", close);
    Certificates certificates = edge.certificates();
    if (certificates != null) {
      pipeline.addFirst(
          TLS,
          new TlsHandler(certificates.newEngine(), edge.timeouts().head(), this::refusePlainly));
    }
    this.socket = pipeline.context(close);
    this.watch = new ConnectionWatch(this, socket.channel(), edge.timeouts());
  }

  /** Takes a connection over, before its first byte is read, if there is room for one more. */
  static void accept(
      Edge edge, RequestStarts starts, HttpServerConnection http, HttpServerOptions options) {
    Channel channel = http.channelHandlerContext().channel();
    if (!edge.connections().tryOpen()) {
      var _ = channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> edge.connections().closed());
    channel.config().setRecvByteBufAllocator(PIECES);
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    ClientConnection connection = new ClientConnection(edge, starts, http, options);
    http.handler(connection);
    http.invalidRequestHandler(connection::refuseInvalid);
    http.exceptionHandler(e -> log.debug("connection of {} failed", connection.describe(), e));
    edge.entered(connection);
    connection.watch.start();
  }

  Edge edge() {
    return edge;
  }

  RequestStarts starts() {
    return starts;
  }

  /** What is written and the client's socket has not taken, 0 if that is closed. */
  private long unsentBytes() {
    ChannelOutboundBuffer out = socket.channel().unsafe().outboundBuffer();
    return out == null ? 0 : out.totalPendingWriteBytes();
  }

  @Override
  public void closed() {
    edge.left(this);
    Exchange exchange = last;
    if (exchange != null && !exchange.hasAnswer()) {
      exchange.abandon(lossReason);
    }
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (unsentBytes() == 0) {
      begin(request);
    } else {
      hold(request);
    }
  }

  private void begin(HttpServerRequest request) {
    if (lastAnswered) {
      return;
    }
    Exchange exchange = takeUp(request);
    if (isLast(taken) && decoder.inBody()) {
      // Its turn comes after the client has ended the stream within it: see inputEnded.
      var _ = socket.close();
    } else {
      exchange.begin();
    }
  }

  private void hold(HttpServerRequest request) {
    holding = true;
    request.pause();
    socket
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            sent -> {
              holding = false;
              if (sent.isSuccess()) {
                begin(request);
                flow(request);
              }
            });
  }

  /** Lets the body of a request come, unless that is for its exchange to say. */
  private void flow(HttpServerRequest request) {
    Exchange exchange = last;
    if (exchange == null || !exchange.streamsBody()) {
      request.resume();
    }
  }

  private void refuseInvalid(HttpServerRequest request) {
    if (!lastAnswered) {
      takeUp(request)
          .refuseHead(RequestHead.refusal(request.decoderResult().cause(), edge.limits()));
    }
  }

  private Exchange takeUp(HttpServerRequest request) {
    taken++;
    Exchange exchange = new Exchange(this, request, taken);
    last = exchange;
    return exchange;
  }

  /**
   * The client has ended its stream. Requests that came whole are answered, also those that wait
   * for the one before; one that cannot become whole any more is given up.
   */
  private void inputEnded() {
    if (!isLast(taken)) {
      return;
    }
    Exchange exchange = last;
    if (exchange == null || exchange.over()) {
      close();
    } else if (decoder.inBody()) {
      if (exchange.hasAnswer()) {
        close();
      } else {
        var _ = socket.close();
      }
    }
  }

  /**
   * Whether the client has ended its stream and waits for no answer after that to a request. Any
   * thread: what came before the end of the stream is counted before the end is told.
   *
   * @param ordinal of the request, from 1 on; 0 if the client has sent none
   */
  boolean isLast(int ordinal) {
    return input.ended() && ordinal >= decoder.requests();
  }

  /**
   * Whether a request asks for a socket. Then it is the last: if it gets none the connection is
   * closed behind the answer. Any thread that answers the request.
   */
  boolean asksForSocket(int ordinal) {
    return ordinal == decoder.asksForSocket();
  }

  /** Whether the client sent something behind its request for a socket, which was dropped. */
  boolean sentAhead() {
    return decoder.sentAhead();
  }

  /** The answer that is written now is the last one. Any thread; {@link #close} must follow. */
  void answersLast() {
    lastAnswered = true;
  }

  /** Closes once everything written is sent. Any thread. */
  void close() {
    http.close();
  }

  /**
   * Takes out of the pipeline all that speaks HTTP, Vert.x too: its part in the end of connections
   * is to close the channel, which does without. What stays is the encryption and the way in which
   * the connection ends, its {@link #end}.
   */
  void endHttp() {
    ChannelPipeline pipeline = pipeline();
    pipeline.remove(input);
    pipeline.remove(VERTX);
  }

  /** The place of its {@link LingeringClose} in the pipeline. */
  ChannelHandlerContext end() {
    return socket;
  }

  /** The channel is a socket's, and nothing refers to this any more. */
  void handOver(ClientSocket to) {
    watch.handOver(to);
    edge.left(this);
  }

  ChannelPipeline pipeline() {
    return socket.pipeline();
  }

  /** Ends the connection so that the client sees an error. Any thread. */
  void reset() {
    execute(() -> LingeringClose.reset(socket));
  }

  /** Ends the connection now; the client sees an error if it has part of an answer. Any thread. */
  void cut() {
    execute(
        () -> {
          Exchange exchange = last;
          boolean partly = exchange != null && !exchange.waiting() && !exchange.hasAnswer();
          if (partly || unsentBytes() > 0) {
            LingeringClose.reset(socket);
          } else {
            LingeringClose.closeNow(socket);
          }
        });
  }

  /** Whether nothing can be sent any more. Any thread. */
  boolean isClosed() {
    return !socket.channel().isOpen();
  }

  /** Runs an action on the event loop; drops it if the gateway has stopped. Any thread. */
  void execute(Runnable action) {
    try {
      socket.executor().execute(action);
    } catch (RejectedExecutionException e) {
      log.debug("a request was under way when the gateway had stopped", e);
    }
  }

  /** Why writes fail, for the writer of a response. Any thread. */
  String lossReason() {
    return lossReason;
  }

  @Override
  public void cutSlowClient() {
    lose(
        "the client took no byte of the response within "
            + edge.timeouts().send().toMillis()
            + " ms (limits.send-ms)");
  }

  /**
   * Nanoseconds until a client that has ended its stream is taken for gone, if nothing of its
   * answer is written and taken meanwhile. It may only have ended its stream, but a client that has
   * closed looks the same until something is sent to it.
   *
   * @param mark when it last took something
   */
  long quietNanosLeft(long now, long mark) {
    if (!input.ended() || unsentBytes() > 0) {
      return Long.MAX_VALUE;
    }
    Duration limit = edge.timeouts().idle();
    long left = limit.toNanos() - Math.min(now - mark, now - input.endedAt());
    if (left <= 0) {
      lose(
          "the client ended its stream and there was nothing to send within "
              + limit.toMillis()
              + " ms (limits.keep-alive-ms)");
    }
    return left;
  }

  private void lose(String reason) {
    lossReason = reason;
    log.debug("connection of {} reset: {}", describe(), reason);
    LingeringClose.reset(socket);
  }

  /** The connection with the request that it served last, for a record of the log. */
  private String describe() {
    Exchange exchange = last;
    return exchange == null
        ? http.remoteAddress().toString()
        : http.remoteAddress() + ", " + exchange.describe();
  }

  @Override
  public long nanosLeft(long now) {
    if (close.closing() || holding) {
      return Long.MAX_VALUE;
    }
    Exchange exchange = last;
    if (exchange != null && !exchange.over()) {
      return exchange.nanosLeft(now);
    }
    long idleSince = exchange == null ? openedAt : exchange.endedAt();
    if (!decoder.headIncomplete()) {
      long left = isLast(taken) ? 0 : edge.timeouts().idle().toNanos() - (now - idleSince);
      if (left <= 0) {
        close();
      }
      return left;
    }
    long since = decoder.headSince() - idleSince > 0 ? decoder.headSince() : idleSince;
    long left = edge.timeouts().head().toNanos() - (now - since);
    if (left <= 0) {
      refuseSlowHead();
    }
    return left;
  }

  private void refuseSlowHead() {
    refuse(
        "408 Request Timeout",
        "the head of the request was not complete within "
            + edge.timeouts().head().toMillis()
            + " ms (limits.head-ms)\n");
  }

  /** The client speaks HTTP where TLS is spoken: so is it answered, once. */
  private void refusePlainly() {
    pipeline().remove(TLS);
    refuse("400 Bad Request", "this port speaks TLS: ask for https, not http\n");
  }

  /** No request is open, so the answer can go past the parts that keep answers in order. */
  private void refuse(String status, String text) {
    String answer =
        """
        HTTP/1.1 %s\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: %d\r
        Connection: close\r
        X-Request-Id: %s\r
        \r
        %s"""
            .formatted(status, text.length(), RequestId.make(), text);
    var _ = socket.writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));
    close();
  }
}
