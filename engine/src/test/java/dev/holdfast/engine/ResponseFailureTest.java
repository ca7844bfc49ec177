// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A response that breaks off says so, and what became of what was stored meanwhile. */
class ResponseFailureTest extends ResponseStreamingSuite {
  @Test
  void failedCommit_breaksTheBodyOff_afterWhatStoodBefore() {
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    InputStream in = head("a", "one-write-and-two").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    assertThat(failure(next(in)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("may have been kept");
  }

  @Test
  void refusedCommit_saysThatNothingWasKept() {
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    InputStream in = head("a", "one-write-and-two").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    Throwable failure = failure(next(in));
    assertThat(failure)
        .hasMessageContaining("nothing that it stored")
        .hasCauseInstanceOf(HoldfastException.class);
    assertThat(((HoldfastException) Objects.requireNonNull(failure.getCause())).outcome())
        .isEqualTo(Outcome.NOT_APPLIED);
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
  }

  @Test
  void refusedCommit_behindOneThatWasKept_saysThatSomethingMayHaveBeenKept() {
    test.handler(
        "add-twice",
        (self, request) ->
            Response.stream(
                out -> {
                  self.add("n", 1);
                  send(out, "one");
                  await(self, goOn);
                  self.add("n", 1);
                  send(out, "two");
                }));
    InputStream in = head("a", "add-twice").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    goOn.countDown();
    assertThat(failure(next(in))).hasMessageContaining("may have been kept");
    assertThat(get(test.call("a", "count"))).isEqualTo("1");
  }

  @Test
  void exceptionOfTheWriter_reachesTheReader_behindItsWrites_andTheObjectLives() {
    test.handler(
        "fail",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  self.add("n", 1);
                  throw new IllegalStateException("boom");
                }));
    test.store().gate().hold();
    InputStream in = head("a", "fail").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    CompletableFuture<String> second = next(in);
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(second).isNotDone();
    test.store().gate().release();
    assertThat(failure(second))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Scripted/a failed while writing")
        .hasMessageContaining("boom");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
    assertThat(get(test.call("a", "count"))).isEqualTo("1");
  }

  @Test
  void activationDiscarded_inTheMiddle_isNoCleanEnd() {
    InputStream in = head("a", "one-and-two").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    CompletableFuture<String> second = next(in);
    test.awaitRun("a");
    failure(test.call("a", "abort"));
    assertThat(failure(second))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Scripted/a was reset")
        .hasMessageContaining("on purpose")
        .hasMessageContaining("nothing that it stored");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void activationDiscarded_beforeTheBodyIsBegun_isNoCleanEnd() {
    CountDownLatch inside = test.latch();
    test.handler(
        "late",
        (self, request) -> {
          inside.countDown();
          pass(goOn);
          return Response.stream(out -> send(out, "never"));
        });
    CompletableFuture<Response> response = fetch("a", Request.get("/late"));
    pass(inside);
    CompletableFuture<String> abort = test.object("a").later("abort");
    goOn.countDown();
    failure(abort);
    assertThat(failure(next(get(response).body().stream()))).hasMessageContaining("was reset");
  }

  @Test
  void errorOfTheWriter_discardsTheActivation() {
    test.handler(
        "error",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  throw new AssertionError("broken");
                }));
    InputStream in = head("a", "error").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    assertThat(failure(next(in))).isInstanceOf(IOException.class).hasMessageContaining("broken");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }
}
