// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.engine.socket.SocketUpgrade;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to one exchange on its way to the client. For one thread, the one that answers.
 *
 * <p>An answer whose bytes are there goes out whole, in one write. Any other is streamed: what was
 * sent of it cannot be taken back, so if it fails the connection is reset.
 */
final class Answer {
  private static final Logger log = LoggerFactory.getLogger(Answer.class);
  private static final byte[] NOTHING = new byte[0];
  private static final int PIECE_BYTES = 16 << 10;
  private static final Headers TEXT = Headers.of("Content-Type", "text/plain; charset=utf-8");
  private static final String RETRY_AFTER_SECONDS = "1";

  private final Exchange exchange;
  private final HttpServerResponse out;
  private boolean mine;
  private boolean closing;

  Answer(Exchange exchange) {
    this.exchange = exchange;
    this.out = exchange.http().response();
  }

  /** Sends a worker's response, unless the exchange has an answer. */
  void send(Response response, WorkerRun run) throws IOException {
    Body body = response.body();
    if (response.status() == 101) {
      openSocket(response, body);
    } else if (isHead() || neverHasBody(response.status())) {
      sendWithoutBody(response);
    } else if (body instanceof Body.InMemory && body.bytes().length <= PIECE_BYTES) {
      sendWhole(response, body.bytes());
    } else if (body instanceof Body.InMemory && takesRoom(body.bytes())) {
      sendLarge(response, body.bytes());
    } else {
      stream(response, run);
    }
  }

  /** Opens the socket that an object accepted, unless the exchange has an answer. */
  private void openSocket(Response response, Body body) {
    if (!(body instanceof SocketUpgrade upgrade)) {
      throw new IllegalStateException(
          "a response with status 101 is made by WebSockets.accept alone; return that as it is");
    }
    Socket socket = upgrade.socket();
    if (!SocketHandshake.isAskedFor(exchange.http())) {
      socket.ended(null, new WebSocketClose(1006, "its client had not asked for a socket", false));
      throw new IllegalStateException(
          "an object accepted a socket for a request that did not ask for one; pass it on as it came");
    }
    if (exchange.edge().draining() || !claim()) {
      socket.ended(null, new WebSocketClose(1006, "its client had got another answer", false));
      boolean _ = refuse(Refusal.retryLater("the node is stopping; connect again"));
      return;
    }
    SocketOpening opening = new SocketOpening(exchange, socket);
    exchange.connection().execute(() -> opening.answer(response, this));
  }

  /** Whether a body may go out as a whole; if so, it is counted as on its way. */
  private boolean takesRoom(byte[] body) {
    Edge edge = exchange.edge();
    return body.length <= edge.limits().bufferedResponseBytes()
        && edge.pending().tryAdd(body.length);
  }

  /** Sends an answer of the gateway's own; false if the exchange has an answer. */
  boolean refuse(Refusal refusal) {
    if (!claim()) {
      return false;
    }
    sendRefusal(refusal);
    return true;
  }

  /** The worker failed, or sending its response did. */
  void fail(Refusal refusal) {
    if (!mine) {
      refuse(refusal);
    } else if (out.ended()) {
      // Only the cleaning up after the answer failed.
      return;
    } else if (out.headWritten()) {
      exchange.connection().reset();
    } else {
      out.headers().clear();
      sendRefusal(refusal);
    }
  }

  private void sendRefusal(Refusal refusal) {
    Headers headers = refusal.retryLater() ? TEXT.with("Retry-After", RETRY_AFTER_SECONDS) : TEXT;
    Response response = new Response(refusal.status(), headers, Body.of(refusal.text() + "\n"));
    byte[] text = response.body().bytes();
    writeHead(response, false);
    if (refusal.clientsFault()) {
      closeAfterwards();
    }
    var _ = end(text, text.length);
  }

  private void sendWhole(Response response, byte[] body) {
    if (claim()) {
      writeHead(response, false);
      var _ = end(body, body.length);
    }
  }

  /** Sends a body that is counted as on its way. */
  private void sendLarge(Response response, byte[] body) {
    PendingBytes pending = exchange.edge().pending();
    Future<Void> sent = Future.succeededFuture();
    try {
      if (claim()) {
        writeHead(response, false);
        sent = end(body, body.length);
      }
    } finally {
      whenTaken(sent, _ -> pending.taken(body.length));
    }
  }

  private void sendWithoutBody(Response response) throws IOException {
    Body body = response.body();
    boolean empty = body instanceof Body.InMemory && body.bytes().length == 0;
    if (claim()) {
      // A length where there is no body is for a client that would get one: 205 and 204 have none.
      writeHead(response, empty && (isHead() || response.status() == 304));
      if (isHead() && !empty) {
        body.length().ifPresent(this::writeLength);
      }
      var _ = end(NOTHING, 0);
    }
    if (!(body instanceof Body.InMemory) && !(body instanceof Body.Written)) {
      body.stream().close();
    }
  }

  private void stream(Response response, WorkerRun run) throws IOException {
    Body body = response.body();
    ResponseStream stream = new ResponseStream(this, response, exchange.edge());
    if (body instanceof Body.InMemory) {
      byte[] bytes = body.bytes();
      for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
        stream.send(bytes, at, Math.min(PIECE_BYTES, bytes.length - at));
      }
    } else if (body instanceof Body.Written) {
      body.writeTo(stream);
    } else {
      try (InputStream in = body.stream()) {
        run.readsFrom(in);
        copy(in, stream);
      } catch (IOException | RuntimeException e) {
        run.throwIfAbandoned(e);
        throw e;
      } finally {
        run.hasRead();
      }
    }
    stream.finish();
  }

  private static void copy(InputStream in, ResponseStream stream) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      stream.send(Arrays.copyOf(piece, n), 0, n);
    }
  }

  // --- For ResponseStream ---

  /**
   * Begins a streamed answer.
   *
   * @param length of the body, -1 if not known
   */
  void begin(Response response, long length) throws ClientLostException {
    if (!claim()) {
      throw new ClientLostException("the request was answered without its worker");
    }
    exchange.progressed();
    writeHead(response, false);
    if (length >= 0) {
      writeLength(length);
    } else if (exchange.http().version() == HttpVersion.HTTP_1_1) {
      out.setChunked(true);
    } else {
      closeAfterwards();
    }
  }

  /** Writes a piece of a streamed answer; the future ends when the client's socket has it. */
  Future<Void> write(byte[] bytes, int offset, int length) {
    try {
      return out.write(Pieces.buffer(bytes, offset, length));
    } catch (RejectedExecutionException | IllegalStateException e) {
      return Future.failedFuture(e);
    }
  }

  /**
   * Tells once whether the client's socket has taken what was written. Vert.x never completes a
   * write that another thread hands over while the connection closes.
   */
  void whenTaken(Future<Void> written, Consumer<Boolean> told) {
    AtomicBoolean done = new AtomicBoolean();
    var _ =
        written.onComplete(
            result -> {
              if (!done.getAndSet(true)) {
                told.accept(result.succeeded());
              }
            });
    ClientConnection connection = exchange.connection();
    if (connection.isClosed()) {
      connection.execute(
          () -> {
            if (!done.getAndSet(true)) {
              told.accept(false);
            }
          });
    }
  }

  /** The whole answer at once, where the stream turned out to be short. */
  void endAtOnce(Response response, byte[] body, int length) {
    if (claim()) {
      writeHead(response, false);
      var _ = end(body, length);
    }
  }

  /** Writes the rest and ends the answer; the future ends when the client's socket has it. */
  Future<Void> end(byte[] rest, int length) {
    try {
      Future<Void> taken = out.end(Pieces.buffer(rest, 0, length));
      exchange.answered(closing);
      return taken;
    } catch (RejectedExecutionException e) {
      log.debug("request {}: its answer came after the gateway had stopped", exchange.id(), e);
      return Future.failedFuture(e);
    }
  }

  /** The client has taken something of a streamed answer. */
  void progressed() {
    exchange.progressed();
  }

  String lossReason() {
    return exchange.connection().lossReason();
  }

  // --- Parts ---

  private boolean claim() {
    mine = exchange.claim();
    return mine;
  }

  private void writeHead(Response response, boolean keepLength) {
    out.setStatusCode(response.status());
    MultiMap fields = out.headers();
    ResponseFields.copy(
        response.headers(),
        fields,
        keepLength,
        exchange.id(),
        exchange.edge().date().at(System.nanoTime()));
    if (exchange.closesConnection()) {
      closeAfterwards();
    }
  }

  private void closeAfterwards() {
    closing = true;
    exchange.connection().answersLast();
    out.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    if (exchange.http().version() == HttpVersion.HTTP_1_0) {
      // Vert.x says keep-alive, if the client has, whatever is said here.
      out.headersEndHandler(_ -> out.headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
    }
  }

  private void writeLength(long length) {
    out.headers().set(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
  }

  private boolean isHead() {
    return exchange.http().method().equals(HttpMethod.HEAD);
  }

  private static boolean neverHasBody(int status) {
    return status == 204 || status == 205 || status == 304;
  }
}
