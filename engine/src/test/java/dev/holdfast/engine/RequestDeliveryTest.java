// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.Response;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an object reads of a request whose body comes as it is read. */
class RequestDeliveryTest extends RequestStreamingSuite {
  @Test
  void streamFromOutside_isReadAsItComes_andLetsOthersIn() {
    test.handler(
        "pieces",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            for (String piece = read(in); !piece.equals("end"); piece = read(in)) {
              test.trace.add(piece);
            }
          }
          return Response.text(self.activation());
        });
    CompletableFuture<String> answer = answer("a", post("pieces", network()));
    arriving.add("one");
    TestEngine.until("it is read", () -> test.trace.contains("one"));
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
    arriving.add("two");
    arriving.add("");
    assertThat(get(answer)).isEqualTo("1");
    assertThat(test.trace).containsExactly("one", "two");
  }

  @Test
  void streamFromOutside_isCodeOutside() {
    Body body =
        Body.of(
            new ByteArrayInputStream(new byte[3]) {
              @Override
              public synchronized int read(byte[] to, int offset, int length) {
                try {
                  test.trace.add(test.object("a").run("activation"));
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
                return super.read(to, offset, length);
              }

              @Override
              public synchronized int available() {
                return 0;
              }
            });
    assertThat(get(answer("a", post("length", body)))).isEqualTo("-1:3");
    assertThat(test.trace).contains("1");
  }

  @Test
  void lengthOfABody_isKnownToTheObject() {
    assertThat(get(answer("a", post("length", declaring(3, new byte[3]))))).isEqualTo("3:3");
  }

  @Test
  void writtenBody_runsAsCodeOutside_asItIsRead() {
    Body body =
        Body.writing(
            out -> {
              send(out, "one ");
              await(test.object("a").later("activation"));
              send(out, "two");
            });
    test.handler(
        "two-reads",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            return Response.text(read(in) + read(in) + read(in));
          }
        });
    assertThat(get(answer("a", post("two-reads", body)))).isEqualTo("one twoend");
  }

  static void await(CompletableFuture<?> future) {
    Object _ = get(future);
  }

  @Test
  void echo_withinLimitedMemory() {
    byte[] sent = new byte[5 << 20];
    new Random(2).nextBytes(sent);
    Body body = Body.writing(out -> out.write(sent));
    CompletableFuture<Response> response = fetch("a", post("echo", body));
    assertThat(get(test.worker(() -> get(response).body().bytes()))).isEqualTo(sent);
    CompletableFuture<Response> streamed =
        fetch("a", post("echo", Body.of(new ByteArrayInputStream(sent))));
    assertThat(get(test.worker(() -> get(streamed).body().bytes()))).isEqualTo(sent);
  }

  @Test
  void responseOfOneObject_isTheRequestToAnother() {
    test.handler("stream", (self, request) -> Response.stream(out -> send(out, "streamed")));
    Response response = head("b", "stream");
    assertThat(get(answer("a", post("read", response.body())))).isEqualTo("streamed");
  }

  @Test
  void reading_insideATransaction_isRefused() {
    test.handler(
        "transaction",
        (self, request) -> Response.text(self.store().transaction(() -> request.body().text())));
    assertThat(failure(fetch("a", post("transaction", network()))))
        .hasMessageContaining("inside a transaction");
  }

  @Test
  void body_isReadOnce() {
    test.handler(
        "twice", (self, request) -> Response.text(request.body().text() + request.body().text()));
    arriving.add("");
    assertThat(failure(fetch("a", post("twice", network()))))
        .hasMessageContaining("can be read once");
  }

  @Test
  void bodyOfAnObject_isWrittenByItsOwnCode_asItIsRead() {
    CompletableFuture<String> sent =
        sendFromObject(
            "read",
            self ->
                Body.writing(
                    out -> {
                      self.memory++;
                      send(out, self.name() + self.add("n", 1));
                      send(out, " " + self.other("c").later("activation").join());
                    }));
    assertThat(get(sent)).isEqualTo("a1 1");
    assertThat(get(test.call("a", "count"))).isEqualTo("1");
  }

  @Test
  void bodyOfAnObject_leavesOnlyAfterTheObjectsWrites() {
    test.handler(
        "note",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            running.countDown();
            test.trace.add(read(in));
          }
          return Response.text("noted");
        });
    test.store().gate().hold();
    CompletableFuture<String> sent =
        sendFromObject(
            "note",
            self ->
                Body.writing(
                    out -> {
                      self.add("n", 1);
                      send(out, "stored");
                    }));
    pass(running);
    test.awaitSubmitted(1);
    test.awaitRun("a");
    test.awaitRun("b");
    assertThat(test.trace).isEmpty();
    test.store().gate().release();
    assertThat(get(sent)).isEqualTo("noted");
    assertThat(test.trace).containsExactly("stored");
  }

  @Test
  void bodyOfAnObject_inItsConstructor() {
    test.onConstruction(
        self -> {
          if (self.name().equals("a")) {
            Body body = Body.writing(out -> send(out, "constructed"));
            test.trace.add(text(self.stub("b").fetch(post("read", body))));
          }
        });
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
    assertThat(test.trace).containsExactly("constructed");
  }

  @Test
  void bodyOfAnObject_inACriticalSection() {
    test.script(
        "send",
        self ->
            self.section(
                s -> {
                  Body body = Body.writing(out -> send(out, "in a section"));
                  return text(s.stub("b").fetch(post("read", body)));
                }));
    assertThat(get(test.call("a", "send"))).isEqualTo("in a section");
  }

  @Test
  void bodyOfAnExclusiveObject() {
    test.script(
        "send",
        self -> {
          Body body = Body.writing(out -> out.write(new byte[1 << 20]));
          return text(self.stub("b").fetch(post("length", body)));
        });
    ScriptedCalls loner = test.objects(TestEngine.LONER).getByName("a");
    assertThat(get(test.worker(() -> loner.run("send")))).isEqualTo("-1:" + (1 << 20));
  }

  @Test
  void bodyBetweenObjects_bothWaysAtOnce() {
    test.script(
        "echo",
        self -> {
          Body body =
              Body.writing(
                  out -> {
                    for (int i = 0; i < 1_000; i++) {
                      self.add("n", 1);
                      out.write(new byte[1 << 10]);
                    }
                  });
          Response response = self.stub("b").fetch(post("echo", body));
          return String.valueOf(response.body().bytes().length);
        });
    assertThat(get(test.call("a", "echo"))).isEqualTo("1024000");
    assertThat(get(test.call("a", "count"))).isEqualTo("1000");
    test.letSleep();
  }

  @Test
  void requestPassedOn_andItsResponsePassedBack() {
    test.handler(
        "proxy", (self, request) -> self.stub("b").fetch(post("return-body", request.body())));
    CompletableFuture<Response> response = fetch("a", post("proxy", network()));
    arriving.add("one");
    InputStream in = get(response).body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
    arriving.add("two");
    assertThat(get(next(in))).isEqualTo("two");
    arriving.add("");
    assertThat(get(next(in))).isEqualTo("end");
    test.letSleep();
  }
}
