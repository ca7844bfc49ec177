// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.gateway.RawConnection.Ending;
import dev.holdfast.gateway.ReferenceRequests.Rest;
import dev.holdfast.gateway.ReferenceRequests.Understood;
import dev.holdfast.gateway.StrictResponses.Answer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Throws requests at a gateway, most of them broken, whole and cut up. Whatever comes, the gateway
 * understands what a strict reader understands, however it is cut; answers with well-formed
 * responses or closes; logs no error; serves the others; and nothing of it is left behind.
 */
class RequestFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 20_000 : 200;
  private static final long SEED = Mutation.seed();

  private static final List<String> WHOLE =
      List.of(
          "GET /a/b?c=d HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nCookie: a=b\r\n\r\n",
          "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n12345",
          "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n",
          "PUT /%C3%A9 HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nab",
          "GET /stream/b HTTP/1.1\r\nHost: h\r\n\r\n",
          "POST /stream HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc",
          "POST /l HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
          "GET http://h:1/a?b HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /s HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
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
          "Content-Length: +5\r\n",
          "Content-Length: 5, 5\r\n",
          "Content-Length:\t5\r\n",
          "Transfer-Encoding: chunked, chunked\r\n",
          "Transfer-Encoding : chunked\r\n",
          " folded\r\n",
          "X:\u000bv\r\n",
          "Connection: close\r\n",
          "Connection: keep-alive\r\n",
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
  void a_gateway_outlives_garbage_and_understands_the_rest() throws Exception {
    Mutation mutation = new Mutation(new Random(SEED));
    try (Gateway gateway =
            Gateway.start(GatewayOptions.defaults().withPort(0), RequestFuzzTest::describe);
        LeakWatch watch = new LeakWatch(gateway)) {
      try (RawConnection other = RawConnection.to(gateway)) {
        for (int round = 0; round < ROUNDS; round++) {
          byte[] sent = requests(mutation);
          String text = new String(sent, ISO_8859_1);
          String note = "seed %d, round %d: %s".formatted(SEED, round, text);
          ReferenceRequests.Result reference = ReferenceRequests.of(text);
          check(exchange(gateway, mutation, sent, 0, note), reference, note + "\n(whole)");
          check(exchange(gateway, mutation, sent, 40, note), reference, note + "\n(cut)");
          assertThat(other.sendHead("GET / HTTP/1.1").read().status()).as(note).isEqualTo(200);
        }
      }
      watch.assertNothingLeft("seed " + SEED);
    }
  }

  private static Response describe(Request request) {
    List<String> fields = new ArrayList<>();
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!name.equalsIgnoreCase("X-Request-Id")) { // which none of these clients sends
                fields.add(name + ": " + value);
              }
            });
    String query = request.url().rawQuery().isEmpty() ? "" : "?" + request.url().rawQuery();
    byte[] description =
        ReferenceRequests.describe(
                request.method(),
                request.url().path() + query,
                fields,
                new String(request.body().bytes(), ISO_8859_1))
            .getBytes(ISO_8859_1);
    if (!request.url().segment(0).equals("stream")) {
      return Response.bytes(description);
    }
    return Response.stream(
        out -> {
          for (byte b : description) {
            out.write(b);
            if (b == '\n') {
              out.flush();
            }
          }
        });
  }

  private static void check(Ending ending, ReferenceRequests.Result reference, String note) {
    List<Answer> answers;
    try {
      answers = StrictResponses.of(ending);
    } catch (AssertionError e) {
      throw new AssertionError(note + "\n--- " + ending, e);
    }
    List<Understood> understood = reference.requests();
    assertThat(answers.size()).as(note).isGreaterThanOrEqualTo(understood.size());
    for (int i = 0; i < understood.size(); i++) {
      assertThat(answers.get(i).status()).as(note).isEqualTo(200);
      assertThat(answers.get(i).body()).as(note).isEqualTo(understood.get(i).description());
    }
    List<Answer> others = answers.subList(understood.size(), answers.size());
    if (reference.rest() == Rest.NOTHING) {
      assertThat(others).as(note).isEmpty();
    } else if (reference.rest() == Rest.INCOMPLETE) {
      assertThat(others).as(note).noneMatch(answer -> answer.status() == 200);
    }
    assertThat(others)
        .as(note)
        .noneMatch(answer -> answer.status() >= 400 && answer.body().contains("Exception"));
  }

  /** Sends and ends, so that a server that waits for more stops waiting. */
  private static Ending exchange(
      Gateway gateway, Mutation mutation, byte[] sent, int cuts, String note) throws IOException {
    try (RawConnection connection = RawConnection.to(gateway)) {
      mutation.sendCut(connection, sent, cuts);
      return connection.readToEnd();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither answered nor closed; " + note, e);
    }
  }

  /** One in eight is left whole. */
  private static byte[] requests(Mutation mutation) {
    StringBuilder text = new StringBuilder();
    for (int i = mutation.random().nextInt(4); i >= 0; i--) {
      text.append(mutation.oneOf(WHOLE));
    }
    byte[] bytes = Mutation.latin(text.toString());
    List<byte[]> pieces = PIECES.stream().map(Mutation::latin).toList();
    for (int i = mutation.random().nextInt(8); i > 4; i--) {
      bytes = mutation.damaged(bytes, pieces);
    }
    return mutation.random().nextInt(8) == 0 ? bytes : mutation.damaged(bytes, pieces);
  }
}
