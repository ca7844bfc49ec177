// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.EventStream;
import dev.holdfast.Response;
import dev.holdfast.ServerSentEvent;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Server-sent events of an object: what leaves when, and that events never mix. */
class EventStreamTest extends StreamingSuite {
  private final CompletableFuture<EventStream> listener = new CompletableFuture<>();

  @BeforeEach
  void scripts() {
    test.handler(
        "listen",
        (self, request) ->
            Response.events(
                stream -> {
                  listener.complete(stream);
                  await(self, goOn);
                }));
  }

  private InputStream listen() {
    InputStream in = head("a", "listen").body().stream();
    get(listener);
    test.awaitRun("a");
    assertThat(get(next(in))).isEqualTo(":\n\n");
    return in;
  }

  @Test
  void anEvent_leavesWhenWhatWasStoredBeforeIsDurable() {
    test.script(
        "add and tell",
        self -> {
          self.add("n", 1);
          get(listener).send("n is " + self.count("n"));
          return "told";
        });
    InputStream in = listen();
    test.store().gate().hold();
    CompletableFuture<String> told = test.call("a", "add and tell");
    CompletableFuture<String> event = next(in);
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(event).isNotDone();
    test.store().gate().release();
    assertThat(get(event)).isEqualTo("data: n is 1\n\n");
    assertThat(get(told)).isEqualTo("told");
  }

  @Test
  void anEvent_neverLeaves_ifWhatWasStoredBeforeIsRefused() {
    test.script(
        "add and tell",
        self -> {
          self.add("n", 1);
          if (self.activation() == 1) {
            get(listener).send("n is " + self.count("n"));
          }
          return "";
        });
    InputStream in = listen();
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    CompletableFuture<String> told = test.call("a", "add and tell");
    assertThat(failure(next(in))).hasMessageContaining("reset");
    assertThat(test.getAsTimePasses(told)).isEmpty();
  }

  /** Each is longer than a pipe, so every writer waits in the middle of its event. */
  @Test
  void longEventsOfSeveralWriters_comeOneAfterTheOther() {
    InputStream in = listen();
    List<String> events = new ArrayList<>();
    List<CompletableFuture<String>> sent = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String data = String.valueOf(i).repeat(60_000 + 13_001 * i);
      events.add("data: " + data + "\n\n");
      test.script(
          "tell " + i,
          self -> {
            get(listener).send(data);
            return "";
          });
    }
    for (int i = 0; i < 5; i++) {
      sent.add(test.object("a").later("tell " + i));
    }
    test.awaitRun("a");
    CompletableFuture<String> all = rest(in);
    sent.forEach(TestEngine::get);
    goOn.countDown();
    assertThat(get(all)).isEqualTo(String.join("", events));
  }

  /** The others come in while the end of a long one is gathered and its middle waits for room. */
  @Test
  void shortEventsOfSeveralParts_areNotSplitByTheEndOfALongOne() {
    CompletableFuture<OutputStream> shared = new CompletableFuture<>();
    test.handler(
        "share",
        (self, request) ->
            Response.stream(
                out -> {
                  shared.complete(out);
                  await(self, goOn);
                }));
    test.script(
        "long",
        self -> {
          send(get(shared), "l".repeat(104_000));
          return "";
        });
    test.script(
        "parts",
        self -> {
          long mine = self.memory++;
          for (int i = 0; i < 4; i++) {
            get(shared).write(String.valueOf(mine).repeat(1_900).getBytes(UTF_8));
          }
          get(shared).flush();
          return "";
        });
    InputStream in = head("a", "share").body().stream();
    get(shared);
    test.awaitRun("a");
    List<CompletableFuture<String>> sent = new ArrayList<>();
    sent.add(test.object("a").later("long"));
    for (int i = 0; i < 9; i++) {
      sent.add(test.object("a").later("parts"));
    }
    test.awaitRun("a");
    CompletableFuture<String> all = rest(in);
    sent.forEach(TestEngine::get);
    goOn.countDown();
    assertThat(get(all))
        .isEqualTo(
            "l".repeat(104_000)
                + IntStream.range(0, 9)
                    .mapToObj(i -> String.valueOf(i).repeat(7_600))
                    .collect(Collectors.joining()));
  }

  @Test
  void aWriterWhoseClientIsGone_isTold_andTheObjectForgetsIt() throws Exception {
    CompletableFuture<String> why = new CompletableFuture<>();
    test.handler(
        "listen until gone",
        (self, request) ->
            Response.events(
                stream -> {
                  self.memory++;
                  listener.complete(stream);
                  try {
                    await(self, goOn);
                    stream.keepAlive();
                  } catch (IOException e) {
                    why.complete(e.getMessage());
                    throw e;
                  } finally {
                    self.memory--;
                  }
                }));
    test.script("listeners", self -> String.valueOf(self.memory));
    InputStream in = head("a", "listen until gone").body().stream();
    get(listener);
    assertThat(get(test.call("a", "listeners"))).isEqualTo("1");
    in.close();
    goOn.countDown();
    assertThat(get(why)).contains("closed");
    assertThat(get(test.call("a", "listeners"))).isEqualTo("0");
  }

  @Test
  void sendingInsideATransaction_isRefused_andSendsNothing() {
    test.script(
        "transaction",
        self -> {
          try {
            self.store()
                .transaction(
                    () -> {
                      try {
                        get(listener).send("never");
                      } catch (IOException e) {
                        throw new AssertionError(e);
                      }
                    });
          } catch (IllegalStateException e) {
            get(listener).send(ServerSentEvent.of("refused").withType("note"));
          }
          return "";
        });
    InputStream in = listen();
    CompletableFuture<String> event = next(in);
    get(test.call("a", "transaction"));
    assertThat(get(event)).isEqualTo("event: note\ndata: refused\n\n");
  }
}
