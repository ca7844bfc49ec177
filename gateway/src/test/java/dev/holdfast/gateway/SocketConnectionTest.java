// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static dev.holdfast.gateway.Waiting.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Headers;
import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.SocketUpgrade;
import dev.holdfast.gateway.FrameClient.Received;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sockets on the wire: the handshake, messages, pings, and every way in which they end. */
class SocketConnectionTest {
  private static final GatewayOptions OPTIONS = GatewayOptions.defaults().withPort(0);
  private static final int FINAL = 0x80;

  private final Room room = new Room();
  private Gateway gateway = Gateway.start(OPTIONS, room);

  @AfterEach
  void stop() {
    gateway.close();
    await().until(() -> gateway.connections() == 0);
  }

  private void restart(GatewayOptions options) {
    gateway.close();
    gateway = Gateway.start(options, room);
  }

  private void awaitEnd(WebSocketClose how) {
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).containsExactly(how);
  }

  @Test
  void handshake_isThatOfTheStandard_andKeepsTheFieldsOfTheResponse() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      assertThat(client.response.header("Sec-WebSocket-Accept"))
          .hasValue("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assertThat(client.response.header("Upgrade")).hasValue("websocket");
      assertThat(client.response.header("Connection")).hasValue("Upgrade");
      assertThat(client.response.header("X-Room")).hasValue("1");
      assertThat(client.response.header("Sec-WebSocket-Extensions")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST / HTTP/1.1 | u: websocket               | c: Upgrade | v: 13       | k                   | 400 | with GET
          GET / HTTP/1.0  | u: websocket               | c: Upgrade | v: 13       | k                   | 400 | HTTP/1.1
          GET / HTTP/1.1  | u: websocket, x            | c: Upgrade | v: 13       | k                   | 400 | one field Upgrade
          GET / HTTP/1.1  | u: websocket#u: websocket  | c: Upgrade | v: 13       | k                   | 400 | one field Upgrade
          GET / HTTP/1.1  | u: x#u: WebSocket          | c: Upgrade | v: 13       | k                   | 400 | one field Upgrade
          GET / HTTP/1.1  | u: websocket               | c: close   | v: 13       | k                   | 400 | Connection: Upgrade
          GET / HTTP/1.1  | u: websocket               | x: x       | v: 13       | k                   | 400 | Connection: Upgrade
          GET / HTTP/1.1  | u: websocket               | c: Upgrade, close   | v: 13 | k                | 400 | not close
          GET / HTTP/1.1  | u: websocket               | c: Upgrade#c: close | v: 13 | k                | 400 | not close
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 8        | k                   | 426 | is 13
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 13, 8    | k                   | 426 | is 13
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 13#v: 13 | k                   | 426 | is 13
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | x: x        | k                   | 426 | is 13
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 13       | k: AAAA             | 400 | 16 bytes
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 13       | k: !                | 400 | 16 bytes
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 13       | k: dGhlIHNhbXBsZSBub25jZQ | 400 | 16 bytes
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 13       | k#k                 | 400 | one Sec-WebSocket-Key
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 13       | x: x                | 400 | one Sec-WebSocket-Key
          GET / HTTP/1.1  | u: websocket               | c: Upgrade | v: 13       | k#Content-Length: 1 | 400 | no body
          """)
  void brokenHandshake_isRefused_andNothingIsAccepted(
      String line,
      String upgrade,
      String connection,
      String version,
      String key,
      int status,
      String why)
      throws Exception {
    String fields =
        String.join("#", upgrade, connection, version, key)
            .replaceAll("(^|#)u:", "$1Upgrade:")
            .replaceAll("#c:", "#Connection:")
            .replaceAll("#v:", "#Sec-WebSocket-Version:")
            .replaceAll("#k:", "#Sec-WebSocket-Key:")
            .replaceAll("#k(?=#|$)", "#Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    try (RawConnection raw = RawConnection.to(gateway)) {
      raw.send(line + "\r\nHost: h\r\n" + fields.replace("#", "\r\n") + "\r\n\r\n");
      if (fields.endsWith("Content-Length: 1")) {
        raw.send("x");
      }
      RawResponse response = raw.read();
      assertThat(response.status()).isEqualTo(status);
      assertThat(response.body()).contains(why);
      if (status == 426) {
        assertThat(response.header("Sec-WebSocket-Version")).hasValue("13");
      }
      assertThat(raw.readToEnd().text()).isEmpty();
      assertThat(room.sockets).isEmpty();
    }
  }

  @Test
  void connectionField_mayHaveMoreInIt() throws Exception {
    try (FrameClient client = FrameClient.to(gateway, "Connection: keep-alive")) {
      assertThat(client.text("x").read().text()).isEqualTo("x");
    }
  }

  @Test
  void fieldsOfTheHandshake_areNotTheWorkers_butForAProtocolThatTheClientOffers() throws Exception {
    room.fields.put("Sec-WebSocket-Extensions", "x-own");
    room.fields.put("Sec-WebSocket-Accept", "x");
    room.fields.put("Sec-WebSocket-Protocol", "chat");
    try (FrameClient client = FrameClient.to(gateway)) {
      assertThat(client.response.headers("Sec-WebSocket-Extensions")).isEmpty();
      assertThat(client.response.headers("Sec-WebSocket-Protocol")).isEmpty();
      assertThat(client.response.headers("Sec-WebSocket-Accept"))
          .containsExactly("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
    try (FrameClient client =
        FrameClient.to(
            gateway,
            "Sec-WebSocket-Protocol: talk, chat",
            "Sec-WebSocket-Extensions: x-own",
            "Sec-WebSocket-Extensions: permessage-deflate")) {
      assertThat(client.response.headers("Sec-WebSocket-Protocol")).containsExactly("chat");
      assertThat(client.response.headers("Sec-WebSocket-Extensions"))
          .singleElement()
          .asString()
          .startsWith("permessage-deflate");
    }
  }

  @Test
  void clientThatDoesNotWaitForItsHandshake_isRefused_andItsSocketEnds() throws Exception {
    try (RawConnection raw = RawConnection.to(gateway)) {
      raw.send(
          """
          GET / HTTP/1.1\r
          Host: h\r
          Connection: Upgrade\r
          Upgrade: websocket\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          \r
          \u0081\u0082\u0000\u0000\u0000\u0000hi""");
      RawResponse response = raw.read();
      assertThat(response.status()).isEqualTo(400);
      assertThat(response.body()).contains("nothing is sent before its answer");
      assertThat(raw.readToEnd().text()).isEmpty();
    }
    awaitEnd(new WebSocketClose(1006, "its client sent more before it had the answer", false));
  }

  @Test
  void socketThatTwoClientsAreGiven_isThatOfTheFirst() throws Exception {
    try (FrameClient first = FrameClient.to(gateway)) {
      first.text("x").read();
      Response again =
          new Response(101, Headers.empty(), new SocketUpgrade(room.sockets.getFirst()));
      try (Gateway careless = Gateway.start(OPTIONS, _ -> again);
          FrameClient second = FrameClient.to(careless)) {
        assertThat(second.read().closing()).startsWith("1011 ");
        second.close(1011, "");
        second.connection.readToEnd();
      }
      assertThat(first.text("y").read().text()).isEqualTo("y");
      assertThat(room.closes).isEmpty();
    }
  }

  @Test
  void response101_thatNoObjectMade_isAnswered500() throws Exception {
    try (Gateway careless = Gateway.start(OPTIONS, _ -> Response.status(101));
        RawConnection raw = RawConnection.to(careless)) {
      assertThat(raw.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(500);
    }
  }

  @Test
  void socketThatItsClientHadNotAskedFor_ends_andTheClientGets500() throws Exception {
    try (RawConnection raw = RawConnection.to(gateway)) {
      assertThat(raw.sendHead("GET / HTTP/1.1").read().status()).isEqualTo(500);
    }
    awaitEnd(new WebSocketClose(1006, "its client had not asked for a socket", false));
  }

  @Test
  void messages_comeBackAsTheyWere_shortAndLong_wholeAndInPieces() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      assertThat(client.text("grüß 🙂").read().text()).isEqualTo("grüß 🙂");
      String longText = "ü".repeat(400_000);
      assertThat(client.text(longText).read().text()).isEqualTo(longText);
      byte[] bytes = {0, (byte) 0xff, 1};
      assertThat(client.binary(bytes).read())
          .satisfies(
              frame -> {
                assertThat(frame.opcode()).isEqualTo(FrameClient.BINARY);
                assertThat(frame.payload()).isEqualTo(bytes);
              });
      byte[] halves = "🙂".getBytes(UTF_8);
      client.frame(FrameClient.TEXT, new byte[] {halves[0], halves[1]});
      client.frame(FINAL | FrameClient.PING, "p".getBytes(UTF_8));
      client.frame(FINAL | FrameClient.CONTINUATION, new byte[] {halves[2], halves[3]});
      assertThat(client.read().opcode()).isEqualTo(FrameClient.PONG);
      assertThat(client.read().text()).isEqualTo("🙂");
      assertThat(client.text("").read().payload()).isEmpty();
    }
  }

  @Test
  void messagesThatFollowTheHandshakeAtOnce_areTaken() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      for (int i = 0; i < 1_000; i++) {
        client.text("m" + i);
      }
      for (int i = 0; i < 1_000; i++) {
        assertThat(client.read().text()).isEqualTo("m" + i);
      }
    }
  }

  @Test
  void closeByTheClient_isAnswered_andTold() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      Received answer = client.close(4001, "done").read();
      assertThat(answer.opcode()).isEqualTo(FrameClient.CLOSE);
      assertThat(answer.closing()).startsWith("4001");
      assertThat(client.connection.readToEnd().text()).isEmpty();
    }
    awaitEnd(new WebSocketClose(4001, "done", true));
  }

  @Test
  void closeWithoutACode_isTold1005() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      assertThat(client.frame(FINAL | FrameClient.CLOSE, new byte[0]).read().payload()).isEmpty();
    }
    awaitEnd(new WebSocketClose(1005, "", true));
  }

  @Test
  void closeByTheObject_comesBehindWhatWasSent_andIsCleanOnceTheClientCloses() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      await().until(() -> !room.sockets.isEmpty());
      room.sockets.getFirst().send(Room.text("last"));
      room.sockets.getFirst().close(1001, "bye");
      room.sockets.getFirst().send(Room.text("too late"));
      assertThat(client.read().text()).isEqualTo("last");
      assertThat(client.read().closing()).isEqualTo("1001 bye");
      assertThat(room.closes).isEmpty();
      client.close(1001, "bye");
      assertThat(client.connection.readToEnd().text()).isEmpty();
    }
    awaitEnd(new WebSocketClose(1001, "bye", true));
  }

  @Test
  void lostConnection_isTold1006() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      client.text("x").read();
      client.connection.socket().setSoLinger(true, 0);
    }
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes)
        .singleElement()
        .satisfies(
            close -> {
              assertThat(close.code()).isEqualTo(1006);
              assertThat(close.clean()).isFalse();
            });
  }

  @Test
  void streamThatEndsWithoutAClose_isTold1006_andTheConnectionEnds() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      client.connection.socket().shutdownOutput();
      client.connection.readToEnd();
    }
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).extracting(WebSocketClose::code).containsExactly(1006);
  }

  @Test
  void tooLargeMessage_closesWith1009_inOneFrameOrInMany() throws Exception {
    restart(OPTIONS.withLimits(GatewayLimits.defaults().withSocketMessageBytes(1_000)));
    try (FrameClient client = FrameClient.to(gateway)) {
      client.binary(new byte[1_000]).read();
      client.binary(new byte[1_001]);
      assertThat(client.read().closing())
          .startsWith("1009 ")
          .contains("1000 bytes", "limits.socket-message-bytes");
    }
    try (FrameClient client = FrameClient.to(gateway)) {
      client.frame(FrameClient.BINARY, new byte[600]);
      client.frame(FINAL | FrameClient.CONTINUATION, new byte[600]);
      assertThat(client.read().closing()).startsWith("1009 ");
    }
  }

  @Test
  void messageAsLargeAsAllThatMayWait_isSent() throws Exception {
    int limit = 10_000;
    restart(OPTIONS.withLimits(GatewayLimits.defaults().withSocketSendBytes(limit)));
    try (FrameClient client = FrameClient.to(gateway)) {
      await().until(() -> !room.sockets.isEmpty());
      room.sockets.getFirst().send(Frame.of(new byte[limit]));
      assertThat(client.read().payload()).hasSize(limit);
    }
  }

  @Test
  void clientThatTakesNothing_isClosedWith1008_andBoundsMemory() throws Exception {
    restart(OPTIONS.withLimits(GatewayLimits.defaults().withSocketSendBytes(100_000)));
    try (FrameClient client = FrameClient.to(gateway)) {
      client.text("x").read();
      Frame piece = new Frame(false, new byte[50_000]);
      // More than the kernel holds for the two ends.
      for (int i = 0; i < 1_000; i++) {
        room.sockets.getFirst().send(piece);
      }
      Received last = client.read();
      while (last.opcode() == FrameClient.BINARY) {
        last = client.read();
      }
      assertThat(last.closing()).startsWith("1008 ").contains("limits.socket-send-bytes");
    }
  }

  @Test
  void silentClient_isPinged_andStaysIfItAnswers_andIsLostIfNot() throws Exception {
    restart(
        OPTIONS.withTimeouts(GatewayTimeouts.defaults().withSocketPing(Duration.ofMillis(300))));
    try (FrameClient client = FrameClient.to(gateway)) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.read().opcode()).isEqualTo(FrameClient.PING);
        client.frame(FINAL | FrameClient.PONG, new byte[0]);
      }
      assertThat(room.closes).isEmpty();
      assertThat(client.read().opcode()).isEqualTo(FrameClient.PING);
      client.connection.readToEnd();
    }
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes)
        .singleElement()
        .satisfies(
            close -> {
              assertThat(close.code()).isEqualTo(1006);
              assertThat(close.reason()).contains("limits.socket-ping-ms");
            });
  }

  @Test
  void stop_closesSocketsWith1001() throws Exception {
    try (FrameClient client = FrameClient.to(gateway)) {
      client.text("x").read();
      Thread stopping = Thread.startVirtualThread(gateway::close);
      assertThat(client.read().closing()).isEqualTo("1001 the node is stopping; connect again");
      client.close(1001, "");
      assertThat(client.connection.readToEnd().text()).isEmpty();
      client.connection.close();
      stopping.join();
    }
    assertThat(room.closes).extracting(WebSocketClose::code).containsExactly(1001);
  }

  @Test
  void compression_isAgreedWithoutWindows_andUnpacksWhatComes() throws Exception {
    try (FrameClient client =
        FrameClient.to(
            gateway, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits")) {
      assertThat(client.response.header("Sec-WebSocket-Extensions"))
          .hasValueSatisfying(
              agreed ->
                  assertThat(agreed)
                      .startsWith("permessage-deflate")
                      .contains("server_no_context_takeover", "client_no_context_takeover"));
      assertThat(client.text("short").read())
          .satisfies(
              frame -> {
                assertThat(frame.first()).isEqualTo(FINAL | FrameClient.TEXT);
                assertThat(frame.text()).isEqualTo("short");
              });
      // "Hello" as RFC 7692 section 7.2.3.1 packs it, twice: no window is kept.
      byte[] hello = {(byte) 0xf2, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00};
      for (int i = 0; i < 2; i++) {
        client.frame(FINAL | 0x40 | FrameClient.TEXT, hello);
        assertThat(client.read().text()).isEqualTo("Hello");
      }
      Received packed = client.text("x".repeat(10_000)).read();
      assertThat(packed.first()).isEqualTo(FINAL | 0x40 | FrameClient.TEXT);
      assertThat(packed.payload()).hasSizeLessThan(100);
    }
  }

  @Test
  void noise_asAnOfferOfExtensions_isNoOffer() throws Exception {
    try (FrameClient client =
        FrameClient.to(
            gateway,
            "Sec-WebSocket-Extensions: ;;=,permessage-deflate; client_max_window_bits=99")) {
      assertThat(client.text("x").read().text()).isEqualTo("x");
    }
  }
}
