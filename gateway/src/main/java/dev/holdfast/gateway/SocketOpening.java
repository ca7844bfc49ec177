// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.engine.socket.Socket;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtension;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Turns the connection of a request into that of a socket: answers 101, and puts the parts that
 * speak WebSocket where those were that speak HTTP. Event loop only.
 *
 * <p>The protocol is Netty's. Its own way to install it would leave Vert.x in the middle, which has
 * objects of its own for each socket and frame.
 */
record SocketOpening(Exchange exchange, Socket socket) {
  private static final String BEHIND = "handler";

  void answer(Response response) {
    HttpServerRequest http = exchange.http();
    Edge edge = exchange.edge();
    int messageBytes = edge.limits().socketMessageBytes();
    MultiMap fields = http.response().headers();
    ResponseFields.copy(
        response.headers(), fields, false, exchange.id(), edge.date().at(System.nanoTime()));
    SocketHandshake.answer(http.headers(), fields);
    WebSocketServerExtension compression =
        SocketCompression.agree(http.getHeader("Sec-WebSocket-Extensions"), messageBytes);
    if (compression != null) {
      fields.set("Sec-WebSocket-Extensions", SocketCompression.field(compression));
    }
    var _ =
        http.toNetSocket()
            .onComplete(
                opened -> {
                  if (opened.succeeded()) {
                    install(compression, messageBytes);
                  } else {
                    socket.ended(
                        null, new WebSocketClose(1006, "the client's connection broke off", false));
                    exchange.connection().reset();
                  }
                });
  }

  private void install(@Nullable WebSocketServerExtension compression, int messageBytes) {
    ClientConnection connection = exchange.connection();
    ClientSocket client = connection.becomes(socket);
    ChannelPipeline parts = connection.pipeline();
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(true)
            .allowExtensions(compression != null)
            .maxFramePayloadLength(messageBytes)
            .closeOnProtocolViolation(false)
            .build();
    parts.addBefore(BEHIND, "frame decoder", new WebSocket13FrameDecoder(config));
    parts.addBefore(BEHIND, "frame encoder", new WebSocket13FrameEncoder(false));
    if (compression != null) {
      parts.addBefore(BEHIND, "inflater", compression.newExtensionDecoder());
      parts.addBefore(BEHIND, "deflater", compression.newExtensionEncoder());
    }
    parts.addBefore(BEHIND, "text", new Utf8FrameValidator(false));
    parts.addBefore(BEHIND, "messages", new WebSocketFrameAggregator(messageBytes));
    parts.addBefore(BEHIND, "socket", client);
    exchange.answered(false);
    parts.channel().config().setAutoRead(true);
    if (!socket.open(client)) {
      client.close(1011, "it took too long to open the socket; connect again");
    }
  }
}
