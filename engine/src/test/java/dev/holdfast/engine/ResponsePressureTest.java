// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Request;
import dev.holdfast.Response;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Writers and readers of responses that are faster than each other: bounded, and others get in. */
class ResponsePressureTest extends ResponseStreamingSuite {
  /** A store that says nothing for a minute is not given up here. */
  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withEvents(defaults.events().withWallLimit(ofMinutes(10)));
  }

  @Test
  void bigBody_goesThrough_withBoundedMemory() {
    long length = 100L << 20;
    AtomicLong written = new AtomicLong();
    test.handler(
        "big",
        (self, request) ->
            Response.stream(
                out -> {
                  byte[] piece = new byte[5_000];
                  while (written.get() < length) {
                    out.write(piece);
                    written.addAndGet(piece.length);
                  }
                }));
    InputStream in = head("a", "big").body().stream();
    long read =
        get(
            test.worker(
                () -> {
                  byte[] buffer = new byte[10_000];
                  long sum = 0;
                  for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    sum += n;
                    assertThat(written.get() - sum).isLessThanOrEqualTo(BOUND_BYTES);
                  }
                  return sum;
                }));
    assertThat(read).isEqualTo(written.get()).isGreaterThanOrEqualTo(length);
  }

  @Test
  void writer_behindASlowDisk_isBounded() {
    AtomicLong written = new AtomicLong();
    test.handler(
        "write",
        (self, request) ->
            Response.stream(
                out -> {
                  self.add("n", 1);
                  for (int i = 0; i < 4_096; i++) {
                    out.write(new byte[1 << 10]);
                    out.flush();
                    written.addAndGet(1 << 10);
                  }
                }));
    test.store().gate().hold();
    Response response = head("a", "write");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(written.get()).isLessThanOrEqualTo(BOUND_BYTES);
    test.store().gate().release();
    assertThat(get(test.worker(() -> response.body().bytes()))).hasSize(4 << 20);
  }

  @Test
  void writer_ofManySmallPieces_isBounded() {
    AtomicLong written = new AtomicLong();
    test.handler(
        "write",
        (self, request) ->
            Response.stream(
                out -> {
                  for (int i = 0; i < 100_000; i++) {
                    send(out, "x");
                    written.incrementAndGet();
                  }
                }));
    Response response = head("a", "write");
    test.awaitRun("a");
    assertThat(written.get()).isLessThanOrEqualTo(2_000);
    assertThat(get(test.worker(() -> response.body().bytes()))).hasSize(100_000);
  }

  @Test
  void others_enter_whileTheReaderIsBehind() {
    Response response = head("a", "endless");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
    close(response);
  }

  @Test
  void others_enter_whileTheReaderKeepsUp() {
    test.script("stop", self -> String.valueOf(self.memory++));
    test.handler(
        "until-stopped",
        (self, request) ->
            Response.stream(
                out -> {
                  while (self.memory == 0) {
                    out.write(new byte[100]);
                  }
                }));
    InputStream in = head("a", "until-stopped").body().stream();
    CompletableFuture<String> all = rest(in);
    assertThat(get(test.call("a", "stop"))).isEqualTo("0");
    get(all);
  }

  @Test
  void objectThatReads_letsOthersIn() {
    test.script("called-back", self -> "back");
    test.handler(
        "calls-back",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one ");
                  send(out, self.other("a").later("called-back").join());
                }));
    test.script("read", self -> self.stub("b").fetch(Request.get("/calls-back")).body().text());
    assertThat(get(test.call("a", "read"))).isEqualTo("one back");
  }

  @Test
  void objectThatPassesAResponseOn_letsOthersIn() {
    test.script("called-back", self -> "back");
    test.handler(
        "calls-back",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one ");
                  await(self, goOn);
                  send(out, self.other("a").later("called-back").join());
                }));
    test.handler("pass-on", (self, request) -> self.stub("b").fetch(Request.get("/calls-back")));
    InputStream in = head("a", "pass-on").body().stream();
    assertThat(get(next(in))).isEqualTo("one ");
    goOn.countDown();
    assertThat(get(rest(in))).isEqualTo("back");
  }

  @Test
  void objectThatReadsMuch_letsOthersIn() {
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("stop", self -> String.valueOf(self.memory++));
    test.script(
        "read-until-stopped",
        self -> {
          try (InputStream in = self.stub("b").fetch(Request.get("/endless")).body().stream()) {
            while (self.memory == 0) {
              in.readNBytes(100);
            }
          }
          return "stopped";
        });
    CompletableFuture<String> reading = test.call("a", "read-until-stopped");
    assertThat(get(test.call("a", "stop"))).isEqualTo("0");
    assertThat(get(reading)).isEqualTo("stopped");
    get(ended);
  }

  @Test
  void readerThatTakesNothing_isGivenUpAfterTheLimit() {
    Response response = head("a", "endless");
    test.awaitRun("a");
    test.clock.advance(ofSeconds(59));
    assertThat(ended).isNotDone();
    test.clock.advance(ofSeconds(1));
    assertThat(get(ended)).contains("took nothing of it for 60 s");
    assertThat(failure(rest(response.body().stream()))).hasMessageContaining("60 s");
    test.letSleep();
  }

  @Test
  void readerWhoCouldTakeNothing_sinceTheDiskIsSlow_isNotGivenUp() throws Exception {
    test.handler(
        "write-for-ever",
        (self, request) ->
            Response.stream(
                out -> {
                  self.add("n", 1);
                  writeForEver(out, ended);
                }));
    test.store().gate().hold();
    InputStream in = head("a", "write-for-ever").body().stream();
    test.awaitSubmitted(1);
    CompletableFuture<String> behind = test.call("a", "activation");
    test.awaitRun("a");
    test.clock.advance(ofSeconds(59));
    test.store().gate().release();
    get(behind);
    test.clock.advance(ofSeconds(1));
    test.awaitRun("a");
    assertThat(ended).isNotDone();
    assertThat(get(next(in))).isNotEqualTo("end");
    in.close();
    get(ended);
  }

  @Test
  void readerThatTakesALittle_isNotGivenUp() throws Exception {
    InputStream in = head("a", "endless").body().stream();
    for (int i = 0; i < 5; i++) {
      test.awaitRun("a");
      test.clock.advance(ofSeconds(45));
      get(next(in));
    }
    assertThat(ended).isNotDone();
    in.close();
    get(ended);
  }
}
