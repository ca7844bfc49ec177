// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.engine.socket.Socket;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the connection of a request into that of a socket: answers 101, and puts the parts that
 * speak WebSocket where those were that speak HTTP. Event loop only.
 *
 * <p>The parser is Netty's. Its own way to install it would leave Vert.x in the middle, which has
 * objects of its own for each socket and frame.
 */
record SocketOpening(Exchange exchange, Socket socket) {
  private static final Logger log = LoggerFactory.getLogger(SocketOpening.class);

  /**
   * Answers.
   *
   * @param answer what to answer by if the socket cannot be opened
   */
  void answer(Response response, Answer answer) {
    try {
      handshake(response, answer);
    } catch (RuntimeException | Error e) {
      broke(e);
    }
  }

  private void handshake(Response response, Answer answer) {
    ClientConnection connection = exchange.connection();
    if (connection.isClosed()) {
      gone(connection.lossReason());
      return;
    }
    if (connection.sentAhead()) {
      gone("its client sent more before it had the answer");
      answer.fail(
          new Refusal(
              400, "a request for a WebSocket is the last: nothing is sent before its answer"));
      return;
    }
    HttpServerRequest http = exchange.http();
    MultiMap asked = http.headers();
    MultiMap fields = http.response().headers();
    ResponseFields.copy(
        response.headers(),
        fields,
        false,
        exchange.id(),
        exchange.edge().date().at(System.nanoTime()));
    SocketHandshake.answer(asked, fields);
    String compression =
        SocketCompression.agree(
            asked.contains(SocketHandshake.EXTENSIONS)
                ? String.join(",", asked.getAll(SocketHandshake.EXTENSIONS))
                : null);
    if (compression != null) {
      fields.set(SocketHandshake.EXTENSIONS, compression);
    }
    var _ = http.toNetSocket().onComplete(opened -> opened(opened.cause(), compression != null));
  }

  private void opened(@Nullable Throwable failure, boolean compressed) {
    ClientConnection connection = exchange.connection();
    if (failure != null || connection.isClosed()) {
      gone(connection.lossReason());
      connection.reset();
      return;
    }
    ClientSocket client = new ClientSocket(socket, exchange.edge(), connection.end(), compressed);
    try {
      open(client, compressed);
    } catch (RuntimeException | Error e) {
      client.closed(); // if it is that of the socket by now
      broke(e);
    }
  }

  private void broke(Throwable why) {
    gone("its connection could not be set up");
    exchange.connection().reset();
    log.error("{} has no connection, since setting it up failed", socket, why);
  }

  private void gone(String why) {
    socket.ended(null, new WebSocketClose(1006, why, false));
  }

  private void open(ClientSocket client, boolean compressed) {
    ClientConnection connection = exchange.connection();
    connection.endHttp();
    ChannelPipeline parts = connection.pipeline();
    int messageBytes = exchange.edge().limits().socketMessageBytes();
    parts.addLast("frames", client.decoder());
    parts.addLast(
        "messages",
        new WebSocketFrameAggregator(SocketCodec.payloadBytes(messageBytes, compressed)));
    parts.addLast("socket", client);
    exchange.answered(false);
    if (!socket.open(client)) {
      client.close(1011, "it took too long to open the socket; connect again");
    }
    connection.handOver(client);
    client.begin();
  }
}
