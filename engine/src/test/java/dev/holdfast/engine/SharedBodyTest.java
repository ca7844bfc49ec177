// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.Response;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that write into the body of a response which another event of their object sends. */
class SharedBodyTest extends StreamingSuite {
  private final CompletableFuture<OutputStream> subscriber = new CompletableFuture<>();
  private final CompletableFuture<String> event = new CompletableFuture<>();

  @BeforeEach
  void scripts() {
    test.handler(
        "subscribe",
        (self, request) ->
            Response.stream(
                out -> {
                  subscriber.complete(out);
                  await(self, goOn);
                }));
    test.script("add other", self -> String.valueOf(self.add("m", 1)));
    test.script(
        "publish and add",
        self -> {
          publish(self);
          return String.valueOf(self.add("n", 1));
        });
  }

  /** Writes a piece, unless the subscriber went with an earlier activation. */
  private void publish(Scripted self) throws Exception {
    test.trace.add("attempt in " + self.activation());
    if (self.activation() == 1) {
      send(get(subscriber), "piece");
    }
  }

  private InputStream subscribe() {
    InputStream in = head("a", "subscribe").body().stream();
    get(subscriber);
    test.awaitRun("a");
    return in;
  }

  private static Outcome outcome(Throwable failure) {
    assertThat(failure).isInstanceOf(HoldfastException.class);
    return ((HoldfastException) failure).outcome();
  }

  // ---------------------------------------------------------------- what is written, and its order

  @Test
  void streamsSharedByEvents_areWrittenByBoth() {
    CompletableFuture<Thread> writing = new CompletableFuture<>();
    List<OutputStream> subscribers = new ArrayList<>();
    test.handler(
        "subscribe",
        (self, request) ->
            Response.stream(
                out -> {
                  subscribers.add(out);
                  writing.complete(Thread.currentThread());
                  await(self, goOn);
                }));
    test.script(
        "publish",
        self -> {
          for (OutputStream out : subscribers) {
            out.write(new byte[100_000]);
            send(out, "event");
          }
          return "";
        });
    InputStream in = head("a", "subscribe").body().stream();
    get(writing);
    CompletableFuture<String> first = test.call("a", "publish");
    CompletableFuture<String> second = test.call("a", "publish");
    CompletableFuture<String> all = rest(in);
    get(first);
    get(second);
    goOn.countDown();
    assertThat(get(all)).hasSize(200_010);
  }

  @Test
  void eventsThatShareAStream_keepTheirOrder_thoughSomeWaitForRoom() {
    CompletableFuture<OutputStream> subscriber = new CompletableFuture<>();
    StringBuilder expected = new StringBuilder();
    test.handler(
        "subscribe",
        (self, request) ->
            Response.stream(
                out -> {
                  subscriber.complete(out);
                  await(self, goOn);
                }));
    test.script(
        "publish",
        self -> {
          send(get(subscriber), "%05d".formatted(self.memory++) + "-".repeat(995));
          return "";
        });
    InputStream in = head("a", "subscribe").body().stream();
    get(subscriber);
    List<CompletableFuture<String>> published = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      expected.append("%05d".formatted(i)).append("-".repeat(995));
      published.add(test.object("a").later("publish"));
    }
    CompletableFuture<String> all = rest(in);
    published.forEach(TestEngine::get);
    goOn.countDown();
    assertThat(get(all)).isEqualTo(expected.toString());
  }

  // ---------------------------------------------------------------- what a refused commit means

  @Test
  void pieceThatLeft_beforeTheCallsRefusedCommit_makesItUnknown() {
    InputStream in = subscribe();
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    Throwable failure = test.failureAsTimePasses(test.call("a", "publish and add"));
    assertThat(outcome(failure)).isEqualTo(Outcome.UNKNOWN);
    assertThat(get(next(in))).isEqualTo("piece");
    assertThat(test.trace).containsExactly("attempt in 1");
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
  }

  @Test
  void pieceThatLeft_behindAnothersCommit_makesItUnknown() {
    InputStream in = subscribe();
    test.script(
        "publish, wait and add",
        self -> {
          publish(self);
          self.context().await(event);
          return String.valueOf(self.add("n", 1));
        });
    test.store().gate().hold();
    CompletableFuture<String> other = test.call("a", "add other");
    test.awaitSubmitted(1);
    CompletableFuture<String> publishing = test.call("a", "publish, wait and add");
    test.awaitRun("a");
    test.store().gate().release();
    assertThat(get(next(in))).isEqualTo("piece");
    get(other);
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    event.complete("");
    assertThat(outcome(test.failureAsTimePasses(publishing))).isEqualTo(Outcome.UNKNOWN);
    assertThat(test.trace).containsExactly("attempt in 1");
  }

  @Test
  void pieceThatFell_withAnothersCommit_isNothing_andTheCallIsTriedAgain() {
    InputStream in = subscribe();
    test.store().gate().hold();
    CompletableFuture<String> other = test.call("a", "add other");
    test.awaitSubmitted(1);
    CompletableFuture<String> publishing = test.call("a", "publish and add");
    test.awaitSubmitted(2);
    test.awaitRun("a");
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    test.store().gate().release();
    assertThat(test.getAsTimePasses(publishing)).isEqualTo("1");
    assertThat(test.getAsTimePasses(other)).isEqualTo("1");
    assertThat(test.trace).containsExactly("attempt in 1", "attempt in 2");
    assertThat(failure(next(in))).hasMessageContaining("reset");
  }

  @Test
  void pieceThatFell_withTheCallsOwnCommit_isNothing_andTheCallIsTriedAgain() {
    InputStream in = subscribe();
    test.script(
        "add and publish",
        self -> {
          self.add("n", 1);
          publish(self);
          return String.valueOf(self.count("n"));
        });
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    assertThat(test.getAsTimePasses(test.call("a", "add and publish"))).isEqualTo("1");
    assertThat(test.trace).containsExactly("attempt in 1", "attempt in 2");
    assertThat(failure(next(in))).hasMessageContaining("reset");
  }

  @Test
  void pieceThatMayStillLeave_whenTheCallIsAborted_makesItUnknown() {
    InputStream _ = subscribe();
    test.script(
        "publish and abort",
        self -> {
          publish(self);
          self.context().abort("on purpose");
          return "";
        });
    test.store().gate().hold();
    CompletableFuture<String> other = test.call("a", "add other");
    test.awaitSubmitted(1);
    Throwable failure = failure(test.object("a").later("publish and abort"));
    assertThat(outcome(failure)).isEqualTo(Outcome.UNKNOWN);
    test.store().gate().release();
    get(other);
  }
}
