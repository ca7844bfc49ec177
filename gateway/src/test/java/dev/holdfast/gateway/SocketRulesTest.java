// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static dev.holdfast.gateway.Waiting.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.WebSocketClose;
import dev.holdfast.gateway.FrameClient.Received;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a client may not send, RFC 6455 and 7692: its socket is closed with a code that says why,
 * and nobody else in the room notices.
 */
class SocketRulesTest {
  private static final int LIMIT = 100_000;
  private static final int FINAL = 0x80;
  private static final int PACKED = 0x40;
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";

  private final Room room = new Room();
  private final Gateway gateway =
      Gateway.start(
          GatewayOptions.defaults()
              .withPort(0)
              .withLimits(GatewayLimits.defaults().withSocketMessageBytes(LIMIT)),
          room);

  @AfterEach
  void stop() {
    gateway.close();
    await().until(() -> gateway.connections() == 0);
  }

  /** Sends something. */
  interface Sending {
    void to(FrameClient client) throws IOException;
  }

  private static Arguments fault(String what, String close, Sending sending) {
    return Arguments.of(what, close, sending);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] pack(byte[] message) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(message);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] piece = new byte[1 << 16];
    int n;
    do {
      n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
      packed.write(piece, 0, n);
    } while (n == piece.length);
    deflater.end();
    return Arrays.copyOf(packed.toByteArray(), packed.size() - 4);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("text cut short", "1007 text is not UTF-8", c -> text(c, 0xc3)),
        fault("text with an overlong form", "1007 ", c -> text(c, 0xc0, 0xaf)),
        fault("text with a surrogate", "1007 ", c -> text(c, 0xed, 0xa0, 0x80)),
        fault(
            "text that goes wrong in its second fragment",
            "1007 ",
            c ->
                c.frame(FrameClient.TEXT, bytes(0xc3))
                    .frame(FINAL | FrameClient.CONTINUATION, bytes(0x28))),
        fault(
            "text that no fragment completes",
            "1007 ",
            c ->
                c.frame(FrameClient.TEXT, bytes(0xf0, 0x9f))
                    .frame(FINAL | FrameClient.CONTINUATION, bytes(0x98))),
        fault(
            "reason of a close that is not UTF-8",
            "1007 ",
            c -> c.frame(FINAL | FrameClient.CLOSE, bytes(0x03, 0xe8, 0xc3))),
        fault("frame without a mask", "1002 ", c -> c.unmasked(FINAL | FrameClient.TEXT, bytes(1))),
        fault("data frame of no kind", "1002 ", c -> c.frame(FINAL | 3, bytes())),
        fault("control frame of no kind", "1002 ", c -> c.frame(FINAL | 11, bytes())),
        fault(
            "first reserved bit", "1002 ", c -> c.frame(FINAL | 0x40 | FrameClient.TEXT, bytes())),
        fault(
            "second reserved bit", "1002 ", c -> c.frame(FINAL | 0x20 | FrameClient.TEXT, bytes())),
        fault(
            "third reserved bit", "1002 ", c -> c.frame(FINAL | 0x10 | FrameClient.TEXT, bytes())),
        fault("ping in fragments", "1002 ", c -> c.frame(FrameClient.PING, bytes())),
        fault("close in fragments", "1002 ", c -> c.frame(FrameClient.CLOSE, bytes())),
        fault("large ping", "1002 ", c -> c.frame(FINAL | FrameClient.PING, new byte[126])),
        fault("large close", "1002 ", c -> c.frame(FINAL | FrameClient.CLOSE, new byte[126])),
        fault("half a close code", "1002 ", c -> c.frame(FINAL | FrameClient.CLOSE, bytes(3))),
        fault(
            "fragment of nothing",
            "1002 ",
            c -> c.frame(FINAL | FrameClient.CONTINUATION, bytes(1))),
        fault(
            "message within a message",
            "1002 ",
            c -> c.frame(FrameClient.TEXT, bytes(1)).frame(FINAL | FrameClient.TEXT, bytes(1))),
        fault(
            "short length in the form of a long one",
            "1002 ",
            c -> c.connection.send(bytes(0x81, 0xfe, 0, 5, 0, 0, 0, 0))),
        fault(
            "length below zero",
            "1002 ",
            c -> c.connection.send(bytes(0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0))),
        fault(
            "frame over the limit, before it has come",
            "1009 a message may have 100000 bytes (limits.socket-message-bytes)",
            c -> c.connection.send(bytes(0x82, 0xff, 0, 0, 0, 0, 0, 1, 0x86, 0xa1))),
        fault(
            "message over the limit in fragments",
            "1009 ",
            c ->
                c.frame(FrameClient.BINARY, new byte[60_000])
                    .frame(FINAL | FrameClient.CONTINUATION, new byte[60_000])),
        fault(
            "endless fragments of nothing",
            "1008 a message may come in 65536 fragments",
            c -> {
              c.frame(FrameClient.BINARY, bytes());
              byte[] empty = bytes(0, 0x80, 0, 0, 0, 0);
              byte[] many = new byte[empty.length * 70_000];
              for (int i = 0; i < many.length; i++) {
                many[i] = empty[i % empty.length];
              }
              c.connection.send(many);
            }));
  }

  private static void text(FrameClient client, int... values) throws IOException {
    client.frame(FINAL | FrameClient.TEXT, bytes(values));
  }

  static Stream<Arguments> packedFaults() {
    return Stream.of(
        fault(
            "bomb",
            "1009 a message may have 100000 bytes (limits.socket-message-bytes)",
            c -> c.frame(FINAL | PACKED | FrameClient.BINARY, pack(new byte[50_000_000]))),
        fault(
            "bomb of one byte too many",
            "1009 ",
            c -> c.frame(FINAL | PACKED | FrameClient.BINARY, pack(new byte[LIMIT + 1]))),
        fault(
            "bomb in fragments",
            "1009 ",
            c -> {
              byte[] packed = pack(new byte[1_000_000]);
              c.frame(PACKED | FrameClient.BINARY, Arrays.copyOf(packed, 100))
                  .frame(
                      FINAL | FrameClient.CONTINUATION,
                      Arrays.copyOfRange(packed, 100, packed.length));
            }),
        fault(
            "large message that is not packed",
            "1009 ",
            c -> c.frame(FINAL | FrameClient.BINARY, new byte[LIMIT + 1])),
        fault(
            "noise as a packed message",
            "1007 a compressed message is not what permessage-deflate makes",
            c -> c.frame(FINAL | PACKED | FrameClient.BINARY, bytes(0xff, 0xff, 0xff))),
        fault(
            "packed text that is not UTF-8",
            "1007 text is not UTF-8",
            c -> c.frame(FINAL | PACKED | FrameClient.TEXT, pack(bytes(0xc3)))),
        fault(
            "packed message that stops within its data",
            "1007 ",
            c -> packed(c, 0, 0xe8, 3, 0x17, 0xfc, 'a', 'b')),
        fault(
            "packed message that stops where four bytes of data are missing",
            "1007 ",
            c -> packed(c, 0, 4, 0, 0xfb, 0xff)),
        fault(
            "packed message that stops within a block",
            "1007 ",
            c -> packed(c, 0xf2, 0x48, 0xcd, 0xc9, 0xc9)),
        fault("packed message that does not begin", "1007 ", c -> packed(c)),
        fault(
            "packed message of nothing but ends",
            "1008 a compressed message may have 1024 blocks",
            c -> c.frame(FINAL | PACKED | FrameClient.BINARY, ends(1_025))),
        fault("packed ping", "1002 ", c -> c.frame(FINAL | PACKED | FrameClient.PING, bytes())),
        fault(
            "fragment that is packed by itself",
            "1002 ",
            c ->
                c.frame(FrameClient.TEXT, bytes('x'))
                    .frame(FINAL | PACKED | FrameClient.CONTINUATION, bytes('x'))),
        fault(
            "second reserved bit", "1002 ", c -> c.frame(FINAL | 0x20 | FrameClient.TEXT, bytes())),
        fault(
            "third reserved bit",
            "1002 ",
            c -> c.frame(FINAL | PACKED | 0x10 | FrameClient.TEXT, bytes())),
        fault(
            "reserved bits of a frame that has not come",
            "1002 a reserved bit is set",
            c -> c.connection.send(bytes(0xd8, 0x85))),
        fault(
            "packed pong of which there is one byte",
            "1002 a reserved bit is set",
            c -> c.connection.send(bytes(0xca))));
  }

  private static void packed(FrameClient client, int... values) throws IOException {
    client.frame(FINAL | PACKED | FrameClient.BINARY, bytes(values));
  }

  /** Empty blocks, each of which says that it is the last. */
  private static byte[] ends(int number) {
    byte[] ends = new byte[2 * number];
    for (int i = 0; i < ends.length; i += 2) {
      ends[i] = 3;
    }
    return ends;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void fault_closesItsSocketAndNoOther(String what, String close, Sending sending)
      throws IOException {
    closes(close, sending);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("packedFaults")
  void fault_closesItsSocketAndNoOther_withCompression(String what, String close, Sending sending)
      throws IOException {
    closes(close, sending, OFFER);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 32_768, 65_535})
  void codeThatMayNotBeSent_isAnsweredWith1002(int code) throws IOException {
    closes("1002 ", client -> client.close(code, ""));
  }

  private void closes(String close, Sending sending, String... lines) throws IOException {
    try (FrameClient other = FrameClient.to(gateway);
        FrameClient client = FrameClient.to(gateway, lines)) {
      other.text("before").read();
      sending.to(client);
      Received answer = client.read();
      assertThat(answer.opcode()).isEqualTo(FrameClient.CLOSE);
      assertThat(answer.closing()).startsWith(close).doesNotContain("Exception");
      client.connection.readToEnd();
      await().until(() -> !room.closes.isEmpty());
      int code = Integer.parseInt(close.substring(0, 4));
      assertThat(room.closes)
          .singleElement()
          .satisfies(
              told -> {
                assertThat(told.code()).isEqualTo(code);
                assertThat(told.clean()).isFalse();
              });
      assertThat(other.text("after").read().text()).isEqualTo("after");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1011, 1014, 3000, 4999})
  void codeThatMayBeSent_comesBack(int code) throws IOException {
    try (FrameClient client = FrameClient.to(gateway)) {
      assertThat(client.close(code, "why").read().closing()).isEqualTo(code + " ");
    }
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).containsExactly(new WebSocketClose(code, "why", true));
  }

  @Test
  void textMayHaveTheReplacementCharacter() throws IOException {
    try (FrameClient client = FrameClient.to(gateway)) {
      assertThat(client.text("a\ufffdb").read().text()).isEqualTo("a\ufffdb");
    }
  }

  @Test
  void packedMessages_areUnpackedHoweverTheyCome() throws IOException {
    byte[] noise = new byte[LIMIT];
    new Random(1).nextBytes(noise);
    byte[] text = "x".repeat(LIMIT).getBytes(UTF_8);
    try (FrameClient client = FrameClient.to(gateway, OFFER)) {
      assertThat(client.frame(FINAL | PACKED | FrameClient.BINARY, pack(noise)).read().first())
          .isEqualTo(FINAL | PACKED | FrameClient.BINARY);
      byte[] packed = pack(text);
      client.frame(PACKED | FrameClient.TEXT, Arrays.copyOf(packed, 10));
      client.frame(FINAL | FrameClient.PING, bytes());
      client.frame(FINAL | FrameClient.CONTINUATION, Arrays.copyOfRange(packed, 10, packed.length));
      assertThat(client.read().opcode()).isEqualTo(FrameClient.PONG);
      assertThat(client.read().payload()).isEqualTo(packed(text));
      // RFC 7692 section 7.2.3.4: with a block that says that it is the last.
      byte[] hello = bytes(0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00);
      assertThat(client.frame(FINAL | PACKED | FrameClient.TEXT, hello).read().text())
          .isEqualTo("Hello");
      byte[] manyEnds = ends(1_000);
      assertThat(
              client
                  .frame(FINAL | PACKED | FrameClient.TEXT, Arrays.copyOf(manyEnds, 2_001))
                  .read()
                  .payload())
          .isEmpty();
    }
  }

  private static byte[] packed(byte[] message) {
    return new Deflate().pack(message);
  }
}
