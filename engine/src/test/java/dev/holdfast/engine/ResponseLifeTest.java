// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.CallOptions;
import dev.holdfast.CallTimeoutException;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How long a streamed response lasts, and what ends with it. */
class ResponseLifeTest extends ResponseStreamingSuite {
  @Test
  void readerThatClosesEarly_endsTheWriter_andNothingIsLeft() throws Exception {
    InputStream in = head("a", "endless").body().stream();
    get(next(in));
    in.close();
    assertThat(get(ended)).contains("its reader has closed it");
    assertThat(failure(next(in))).isInstanceOf(IOException.class);
    test.letSleep();
  }

  @Test
  void readerThatClosesUnread_endsTheWriter() {
    close(head("a", "endless"));
    get(ended);
    test.letSleep();
  }

  @Test
  void quietBody_mayLastAsLongAsItLikes_andKeepsItsObjectAwake() {
    InputStream in = head("a", "one-and-two").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    test.awaitRun("a");
    for (int i = 0; i < 100; i++) {
      test.clock.advance(ofSeconds(20));
    }
    assertThat(test.engine().activations()).isEqualTo(1);
    goOn.countDown();
    assertThat(get(rest(in))).isEqualTo("two");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  @Test
  void bodyThatIsWritten_canBeReadAfterItsObjectSleeps() {
    test.handler("short", (self, request) -> Response.stream(out -> send(out, "short")));
    Response response = head("a", "short");
    test.letSleep();
    assertThat(get(rest(response.body().stream()))).isEqualTo("short");
  }

  @Test
  void eventThatEnds_endsTheResponsesThatItGot() {
    test.script(
        "ignore", self -> String.valueOf(self.stub("b").fetch(Request.get("/endless")).status()));
    assertThat(get(test.call("a", "ignore"))).isEqualTo("200");
    assertThat(get(ended)).contains("Scripted/a").contains("it has ended");
    test.letSleep();
  }

  @Test
  void responseKeptBeyondItsEvent_cannotBeRead() {
    CompletableFuture<Response> kept = new CompletableFuture<>();
    test.script(
        "keep",
        self -> {
          kept.complete(self.stub("b").fetch(Request.get("/one-and-two")));
          return "";
        });
    test.script("read", self -> get(kept).body().text());
    get(test.call("a", "keep"));
    test.awaitRun("a");
    assertThat(failure(test.call("a", "read"))).hasMessageContaining("it has ended");
  }

  @Test
  void activationThatIsDiscarded_endsTheResponsesThatItReads() {
    CompletableFuture<Thread> reading = new CompletableFuture<>();
    test.script(
        "read-slowly",
        self -> {
          InputStream in = self.stub("b").fetch(Request.get("/endless")).body().stream();
          reading.complete(Thread.currentThread());
          read(in);
          await(self, goOn);
          return "";
        });
    CompletableFuture<String> slow = test.call("a", "read-slowly");
    get(reading);
    test.awaitRun("a");
    failure(test.call("a", "abort"));
    failure(slow);
    get(ended);
  }

  @Test
  void timeout_coversTheHead_notTheBody() {
    ObjectStub stub = stub("a").with(CallOptions.timeout(ofMillis(500)));
    test.script("called", self -> "three");
    test.handler(
        "slow",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  await(self, goOn);
                  send(out, self.other("b").later("called").join());
                }));
    InputStream in = get(test.worker(() -> stub.fetch(Request.get("/slow")))).body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    test.awaitRun("a");
    test.clock.advance(ofSeconds(100));
    goOn.countDown();
    assertThat(get(rest(in))).isEqualTo("three");
  }

  @Test
  void headThatComesTooLate_endsItsBody() {
    ObjectStub stub = stub("a").with(CallOptions.timeout(ofSeconds(1)));
    CountDownLatch inside = test.latch();
    test.handler(
        "late",
        (self, request) -> {
          inside.countDown();
          await(self, goOn);
          return Response.stream(out -> writeForEver(out, ended));
        });
    CompletableFuture<Response> late = test.worker(() -> stub.fetch(Request.get("/late")));
    pass(inside);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(1));
    assertThat(failure(late)).isInstanceOf(CallTimeoutException.class);
    goOn.countDown();
    assertThat(get(ended)).contains("failure");
    test.letSleep();
  }

  @Test
  void callerThatStopsWaitingForAnObject_endsWhatThatReads() {
    CompletableFuture<String> failure = new CompletableFuture<>();
    test.script(
        "read",
        self -> {
          try {
            return self.stub("b").fetch(Request.get("/one-and-two")).body().text();
          } catch (UncheckedIOException e) {
            failure.complete(String.valueOf(e.getMessage()));
            throw e;
          }
        });
    ScriptedCalls a = test.objects().with(CallOptions.timeout(ofSeconds(1))).getByName("a");
    CompletableFuture<String> reading = test.worker(() -> a.run("read"));
    TestEngine.until("the response is read", () -> test.activations("b") == 1);
    test.awaitRun("b");
    test.awaitRun("a");
    test.clock.advance(ofSeconds(1));
    assertThat(failure(reading)).isInstanceOf(CallTimeoutException.class);
    assertThat(get(failure)).contains("did not answer within");
    goOn.countDown();
    test.letSleep();
  }
}
