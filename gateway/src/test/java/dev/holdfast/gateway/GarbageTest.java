// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.holdfast.Response;
import dev.holdfast.gateway.RawConnection.Ending;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Throws broken requests at a gateway. Whatever comes, the gateway answers with well-formed
 * responses or closes, logs no error, and serves the others.
 */
class GarbageTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 5_000 : 400;
  private static final long SEED = Long.getLong("holdfast.seed", System.nanoTime());

  private static final List<String> WHOLE =
      List.of(
          "GET /a/b?c=d HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nCookie: a=b\r\n\r\n",
          "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n12345",
          "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n",
          "PUT /%C3%A9 HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab",
          "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx");

  private static final List<String> PIECES =
      List.of(
          "\r\n",
          "\n",
          "\r",
          "\0",
          " ",
          "\t",
          ":",
          "%",
          "%ff",
          "/",
          "?",
          "#",
          "\u00ff",
          "0\r\n\r\n",
          "Content-Length: 7\r\n",
          "Content-Length: 99999999999\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip\r\n",
          "Host: h\r\n",
          "Expect: x\r\n",
          "Upgrade: websocket\r\n",
          "Connection: Upgrade, close\r\n",
          "HTTP/1.1",
          "HTTP/9.9",
          "GET ",
          "ffffffff\r\n",
          "A".repeat(9_000),
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001");

  @Test
  void a_gateway_outlives_garbage() throws Exception {
    Random random = new Random(SEED);
    try (LogRecord log = new LogRecord();
        Gateway gateway =
            Gateway.start(
                GatewayOptions.defaults().withPort(0),
                request -> Response.text(request.body().bytes().length));
        RawConnection other = RawConnection.to(gateway)) {
      for (int round = 0; round < ROUNDS; round++) {
        String sent = garbage(random);
        String note = "seed %d, round %d: %s".formatted(SEED, round, sent);
        assertThat(exchange(gateway, sent, note).text())
            .as(note)
            .satisfies(GarbageTest::isResponses);
        assertThat(other.sendHead("GET / HTTP/1.1").read().body()).as(note).isEqualTo("0");
      }
      Awaitility.await().until(() -> gateway.serving() == 0);
      assertThat(log.events()).as("seed %d", SEED).noneMatch(e -> e.getLevel() == Level.ERROR);
    }
  }

  /** Sends and ends, so that a server that waits for more stops waiting. */
  private static Ending exchange(Gateway gateway, String sent, String note) throws IOException {
    try (RawConnection connection = RawConnection.to(gateway)) {
      try {
        connection.send(sent.getBytes(StandardCharsets.ISO_8859_1));
        connection.socket().shutdownOutput();
      } catch (IOException e) {
        // Closed while sending: what matters is what was answered.
      }
      return connection.readToEnd();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither answered nor closed; " + note, e);
    }
  }

  private static void isResponses(String text) {
    String rest = text;
    while (!rest.isEmpty()) {
      assertThat(rest).matches("(?s)HTTP/1\\.[01] [1-5][0-9]{2} .*");
      int headEnd = rest.indexOf("\r\n\r\n");
      assertThat(headEnd).isPositive();
      String head = rest.substring(0, headEnd).toLowerCase(Locale.ROOT);
      int length = 0;
      int at = head.indexOf("\r\ncontent-length: ");
      if (at >= 0) {
        length =
            Integer.parseInt(head.substring(at + 18).lines().findFirst().orElseThrow().strip());
      }
      assertThat(rest.length()).isGreaterThanOrEqualTo(headEnd + 4 + length);
      assertThat(rest.substring(headEnd + 4, headEnd + 4 + length)).doesNotContain("Exception");
      rest = rest.substring(headEnd + 4 + length);
    }
  }

  private static String garbage(Random random) {
    StringBuilder text = new StringBuilder();
    int requests = 1 + random.nextInt(3);
    for (int i = 0; i < requests; i++) {
      text.append(WHOLE.get(random.nextInt(WHOLE.size())));
    }
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(5)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
        case 3 -> text.setLength(at);
        default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 30)));
      }
    }
    return text.toString();
  }
}
