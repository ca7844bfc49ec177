// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.gateway.RawConnection.RawResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Asks for sockets in every right and wrong way. Either the answer is a right opening handshake,
 * the extension agreed on is one that was offered, and messages come through; or it is a refusal.
 */
class HandshakeFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 10_000 : 200;
  private static final long SEED = Mutation.seed();

  private static final List<String> PARAMETERS =
      List.of(
          "server_no_context_takeover",
          "client_no_context_takeover",
          "client_max_window_bits",
          "client_max_window_bits=8",
          "client_max_window_bits=15",
          "server_max_window_bits=8",
          "server_max_window_bits=15",
          "server_max_window_bits=\"10\"",
          "server_max_window_bits",
          "client_max_window_bits=16",
          "client_max_window_bits=-1",
          "server_max_window_bits=99999999999",
          "client_no_context_takeover=1",
          "unknown",
          "x=\"a,b;c\"",
          "=",
          "",
          "\"");

  private static final List<String> NAMES =
      List.of(
          "permessage-deflate", "permessage-deflate", "x-webkit-deflate-frame", "other", "", "=");

  /** With it two bytes are sent. */
  private static final String BODY = "Content-Length: 2";

  private static final List<String> FIELDS =
      List.of(
          "Upgrade: websocket",
          "Upgrade: WebSocket, h2c",
          "Upgrade: h2c",
          "Connection: Upgrade",
          "Connection: keep-alive, upgrade",
          "Connection: close",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Version: 8",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "Sec-WebSocket-Key: dGhl",
          "Sec-WebSocket-Protocol: a, b",
          "Sec-WebSocket-Protocol: ,;",
          "Content-Length: 0",
          BODY);

  @Test
  void a_socket_opens_rightly_or_not_at_all() throws Exception {
    Mutation mutation = new Mutation(new Random(SEED));
    Room room = new Room();
    try (Gateway gateway =
            Gateway.start(GatewayOptions.defaults().withPort(0), request -> serve(room, request));
        LeakWatch watch = new LeakWatch(gateway)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<String> fields = fields(mutation);
        String note = "seed %d, round %d: %s".formatted(SEED, round, fields);
        try (RawConnection connection = RawConnection.to(gateway)) {
          List<String> lines = new ArrayList<>(fields);
          lines.addFirst("GET / HTTP/1.1");
          connection.sendHead(lines.toArray(String[]::new));
          if (fields.contains(BODY)) {
            connection.send("xy");
          }
          RawResponse answer = connection.readHead();
          if (answer.status() == 101) {
            opened(connection, fields, answer, note);
          } else {
            assertThat(answer.status()).as(note).isIn(200, 400, 426, 501);
          }
        } catch (AssertionError e) {
          throw new AssertionError(note, e);
        }
      }
      watch.assertNothingLeft("seed " + SEED);
    }
  }

  /** A worker passes on to the room what asks for a socket. */
  private static Response serve(Room room, Request request) {
    return request.header("Upgrade").orElse("").regionMatches(true, 0, "websocket", 0, 9)
        ? room.fetch(request)
        : Response.text("");
  }

  private static void opened(
      RawConnection connection, List<String> fields, RawResponse answer, String note)
      throws Exception {
    assertThat(fields)
        .contains("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
        .anyMatch(field -> field.startsWith("Upgrade: "))
        .doesNotContain(BODY, "Connection: close");
    assertThat(answer.headers("Sec-WebSocket-Accept"))
        .containsExactly("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assertThat(answer.headers("Upgrade")).containsExactly("websocket");
    assertThat(answer.headers("Connection")).containsExactly("Upgrade");
    assertThat(answer.header("Content-Length")).isEmpty();
    assertThat(answer.header("Transfer-Encoding")).isEmpty();
    List<String> agreed = answer.headers("Sec-WebSocket-Extensions");
    assertThat(agreed).hasSizeLessThanOrEqualTo(1);
    byte[] message = {'x', '=', 'y'};
    int first = 0x80 | FrameClient.BINARY;
    if (!agreed.isEmpty()) {
      agreed(fields, agreed.getFirst());
      first |= 0x40;
      // "Hello" as RFC 7692 section 7.2.3.1 packs it.
      message = new byte[] {(byte) 0xf2, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00};
    }
    byte[] frame = new byte[6 + message.length];
    frame[0] = (byte) first;
    frame[1] = (byte) (0x80 | message.length);
    System.arraycopy(message, 0, frame, 6, message.length);
    connection.send(frame);
    String back = agreed.isEmpty() ? "x=y" : "Hello";
    assertThat(connection.readBytes(2 + back.length()))
        .as(note)
        .isEqualTo(("\u0082" + (char) back.length() + back).getBytes(ISO_8859_1));
  }

  /** RFC 7692 section 7.1: what may stand in the answer to an offer. */
  private static void agreed(List<String> fields, String agreed) {
    String offers =
        String.join(",", fields.stream().filter(f -> f.startsWith("Sec-WebSocket-Ext")).toList());
    assertThat(offers).contains("permessage-deflate");
    String[] parts = agreed.split(";", -1);
    assertThat(parts[0].strip()).isEqualTo("permessage-deflate");
    Set<String> names = new HashSet<>();
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      assertThat(part)
          .matches(
              "(server|client)_no_context_takeover|(server|client)_max_window_bits=([89]|1[0-5])");
      String name = part.split("=", -1)[0];
      assertThat(names.add(name)).as("once: %s", agreed).isTrue();
      if (name.equals("client_max_window_bits")) {
        assertThat(offers).contains(name);
      }
    }
  }

  private static List<String> fields(Mutation mutation) {
    Random random = mutation.random();
    List<String> fields = new ArrayList<>();
    fields.add("Upgrade: websocket");
    fields.add("Connection: Upgrade");
    fields.add("Sec-WebSocket-Version: 13");
    fields.add("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    for (int i = random.nextInt(3); i > 0; i--) {
      fields.add("Sec-WebSocket-Extensions: " + offers(mutation));
    }
    if (random.nextInt(3) == 0) {
      fields.set(random.nextInt(fields.size()), mutation.oneOf(FIELDS));
    }
    if (random.nextInt(4) == 0) {
      fields.add(mutation.oneOf(FIELDS));
    }
    return fields;
  }

  private static String offers(Mutation mutation) {
    Random random = mutation.random();
    List<String> offers = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      StringBuilder offer = new StringBuilder(mutation.oneOf(NAMES));
      for (int j = random.nextInt(4); j > 0; j--) {
        offer.append(random.nextBoolean() ? "; " : " ;").append(mutation.oneOf(PARAMETERS));
      }
      offers.add(offer.toString());
    }
    return String.join(random.nextBoolean() ? ", " : ",", offers);
  }
}
