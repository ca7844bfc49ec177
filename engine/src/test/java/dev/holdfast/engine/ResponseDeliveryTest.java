// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Request;
import dev.holdfast.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What leaves of a response that is written as it is sent, when, and in which order. */
class ResponseDeliveryTest extends ResponseStreamingSuite {
  @Test
  void head_leavesBeforeTheBodyIsWritten_andPiecesAsTheyCome() throws Exception {
    Response response = head("a", "one-and-two");
    try (InputStream in = response.body().stream()) {
      assertThat(get(next(in))).isEqualTo("one");
      CompletableFuture<String> second = next(in);
      test.awaitRun("a");
      assertThat(second).isNotDone();
      goOn.countDown();
      assertThat(get(second)).isEqualTo("two");
      assertThat(get(next(in))).isEqualTo("end");
    }
  }

  @Test
  void head_behindAPendingCommit_leavesWhole_thoughTheBodyIsWritten() {
    test.handler(
        "put",
        (self, request) -> {
          self.add("n", 1);
          return new Response(201, Headers.of("X-A", "1"), Body.writing(out -> out.write('x')));
        });
    test.store().gate().hold();
    CompletableFuture<Response> response = fetch("a", Request.get("/put"));
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(response).isNotDone();
    test.store().gate().release();
    assertThat(get(response).status()).isEqualTo(201);
    assertThat(get(response).header("x-a")).hasValue("1");
    assertThat(get(rest(get(response).body().stream()))).isEqualTo("x");
  }

  @Test
  void piece_waitsForTheWritesBeforeIt_andForNoneAfter() {
    test.store().gate().hold();
    InputStream in = head("a", "one-write-and-two").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    CompletableFuture<String> second = next(in);
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(second).isNotDone();
    test.store().gate().release();
    assertThat(get(second)).isEqualTo("two");
    assertThat(get(next(in))).isEqualTo("end");
  }

  @Test
  void end_waitsForTheWritesBeforeIt() {
    test.handler(
        "one-and-write",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  self.add("n", 1);
                }));
    test.store().gate().hold();
    InputStream in = head("a", "one-and-write").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    CompletableFuture<String> end = next(in);
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(end).isNotDone();
    test.store().gate().release();
    assertThat(get(end)).isEqualTo("end");
  }

  @Test
  void pieces_withWritesBetween_keepTheirOrder() {
    StringBuilder expected = new StringBuilder();
    for (int i = 1; i <= 2_000; i++) {
      expected.append(i).append(' ');
    }
    test.handler(
        "count",
        (self, request) ->
            Response.stream(
                out -> {
                  for (int i = 0; i < 2_000; i++) {
                    if (i % 7 == 0) {
                      self.store().put("other", i);
                    }
                    out.write((self.add("n", 1) + " ").getBytes(StandardCharsets.UTF_8));
                    if (i % 3 == 0) {
                      out.flush();
                    }
                  }
                }));
    assertThat(get(rest(head("a", "count").body().stream()))).isEqualTo(expected.toString());
    assertThat(get(test.call("a", "count"))).isEqualTo("2000");
  }

  @Test
  void smallWrites_areGathered_untilTheyAreFlushed() {
    test.handler(
        "letters",
        (self, request) ->
            Response.stream(
                out -> {
                  for (char c = 'a'; c <= 'f'; c++) {
                    out.write(c);
                  }
                  out.flush();
                  await(self, goOn);
                  out.write('g');
                }));
    InputStream in = head("a", "letters").body().stream();
    assertThat(get(next(in))).isEqualTo("abcdef");
    goOn.countDown();
    assertThat(get(next(in))).isEqualTo("g");
  }

  @Test
  void streamAsBody_isSentAsItComes() {
    test.handler(
        "stream",
        (self, request) ->
            Response.stream(
                new InputStream() {
                  private int reads;

                  @Override
                  public int read() {
                    throw new AssertionError("read in pieces");
                  }

                  @Override
                  public int read(byte[] to, int offset, int length) {
                    if (reads == 1) {
                      ResponseDeliveryTest.this.await(self, goOn);
                    }
                    to[offset] = (byte) ('a' + reads);
                    return ++reads == 3 ? -1 : 1;
                  }
                }));
    InputStream in = head("a", "stream").body().stream();
    assertThat(get(next(in))).isEqualTo("a");
    goOn.countDown();
    assertThat(get(rest(in))).isEqualTo("b");
  }

  @Test
  void oneHugeWrite_isSentInPieces() {
    byte[] huge = new byte[3 << 20];
    new Random(1).nextBytes(huge);
    test.handler("huge", (self, request) -> Response.stream(out -> out.write(huge)));
    byte[] read = get(test.worker(() -> head("a", "huge").body().bytes()));
    assertThat(read).isEqualTo(huge);
  }

  @Test
  void lengthThatIsGiven_isKnownToTheReader_andMustBeKept() {
    test.handler("five-of", (self, request) -> declared(request, "12345"));
    Response right = get(fetch("a", Request.get("/five-of?5")));
    assertThat(right.body().length()).hasValue(5);
    assertThat(get(rest(right.body().stream()))).isEqualTo("12345");
    assertThat(failure(rest(head("a", "five-of?7").body().stream())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 5 bytes")
        .hasMessageContaining("7");
    assertThat(failure(rest(head("a", "five-of?3").body().stream())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more bytes")
        .hasMessageContaining("3");
  }

  private static Response declared(Request request, String text) {
    long length = Long.parseLong(request.url().rawQuery());
    return new Response(
        200, Headers.empty(), declaring(length, text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void writing_insideATransaction_isRefused() {
    test.handler(
        "transaction",
        (self, request) ->
            Response.stream(
                out ->
                    self.store()
                        .transaction(
                            () -> {
                              self.add("n", 1);
                              try {
                                out.write('x');
                              } catch (IOException e) {
                                throw new AssertionError(e);
                              }
                            })));
    assertThat(failure(rest(head("a", "transaction").body().stream())))
        .hasMessageContaining("inside a transaction");
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
  }

  @Test
  void writing_afterTheBodysEnd_isRefused() {
    test.handler(
        "leak",
        (self, request) ->
            Response.stream(
                out -> {
                  test.script(
                      "write-late",
                      late -> {
                        out.write('x');
                        return "";
                      });
                  send(out, "x");
                }));
    assertThat(get(rest(head("a", "leak").body().stream()))).isEqualTo("x");
    assertThat(failure(test.call("a", "write-late"))).hasMessageContaining("closed");
  }

  @Test
  void body_isReadOnce() {
    Body body = head("a", "one-and-two").body();
    InputStream in = body.stream();
    assertThat(failure(test.worker(body::stream)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("can be read once");
    goOn.countDown();
    assertThat(get(rest(in))).isEqualTo("onetwo");
  }

  @Test
  void wholeStreamAsBody_isClosed() {
    CompletableFuture<String> closed = new CompletableFuture<>();
    test.handler(
        "closing",
        (self, request) ->
            Response.stream(
                new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8)) {
                  @Override
                  public void close() {
                    closed.complete("closed");
                  }
                }));
    assertThat(get(rest(head("a", "closing").body().stream()))).isEqualTo("abc");
    assertThat(get(closed)).isEqualTo("closed");
  }
}
