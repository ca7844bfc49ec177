// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.Response;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Writers and readers of requests that are faster than each other: bounded, and others get in. */
class RequestPressureTest extends RequestStreamingSuite {
  @Test
  void streamWithBytesAtHand_letsOthersInAllTheSame() {
    test.script("stop", self -> String.valueOf(self.memory++));
    test.handler(
        "until-stopped",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            while (self.memory == 0) {
              in.readNBytes(100);
            }
          }
          return Response.text("stopped");
        });
    Body zeros =
        Body.of(
            new InputStream() {
              @Override
              public int read() {
                return 0;
              }

              @Override
              public int available() {
                return 1_000;
              }
            });
    CompletableFuture<String> answer = answer("a", post("until-stopped", zeros));
    assertThat(get(test.call("a", "stop"))).isEqualTo("0");
    assertThat(get(answer)).isEqualTo("stopped");
  }

  @Test
  void writtenBody_isBounded() {
    AtomicLong written = new AtomicLong();
    AtomicLong ahead = new AtomicLong();
    Body body =
        Body.writing(
            out -> {
              byte[] piece = new byte[1 << 12];
              while (written.get() < 100 << 20) {
                out.write(piece);
                written.addAndGet(piece.length);
              }
            });
    test.handler(
        "measure",
        (self, request) -> {
          long sum = 0;
          byte[] buffer = new byte[10_000];
          try (InputStream in = request.body().stream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
              sum += n;
              ahead.set(Math.max(ahead.get(), written.get() - sum));
            }
          }
          return Response.text(sum);
        });
    assertThat(get(answer("a", post("measure", body)))).isEqualTo(String.valueOf(100 << 20));
    assertThat(ahead.get()).isLessThanOrEqualTo(BOUND_BYTES);
  }

  @Test
  void streamedBody_isNotCountedAmongTheBytesThatWait() {
    test.script(
        "hold",
        self -> {
          running.countDown();
          pass(goOn);
          return "";
        });
    CompletableFuture<String> holding = test.object("a").later("hold");
    pass(running);
    CompletableFuture<String> queued = test.object("a").later("activation");
    CompletableFuture<String> answer =
        answer("a", post("ignore", declaring(1L << 30, new byte[0])));
    test.clock.advance(ofSeconds(1));
    goOn.countDown();
    get(holding);
    get(queued);
    assertThat(get(answer)).isEqualTo("ignored");
  }

  @Test
  void bodyOfAnObject_isBounded_andLetsOthersIn() {
    AtomicLong written = new AtomicLong();
    test.handler(
        "slow",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            int first = in.read();
            running.countDown();
            await(self, goOn);
            return Response.text(first + in.readAllBytes().length);
          }
        });
    CompletableFuture<String> sent =
        sendFromObject(
            "slow",
            self ->
                Body.writing(
                    out -> {
                      for (int i = 0; i < 4_096; i++) {
                        out.write(new byte[1 << 10]);
                        written.addAndGet(1 << 10);
                      }
                    }));
    pass(running);
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
    assertThat(written.get()).isLessThanOrEqualTo(BOUND_BYTES + (16 << 10));
    goOn.countDown();
    assertThat(get(sent)).isEqualTo(String.valueOf((4 << 20) - 1));
  }

  @Test
  void bigBodyOfAnObject_goesThrough() {
    CompletableFuture<String> sent =
        sendFromObject(
            "length",
            self ->
                Body.writing(
                    out -> {
                      byte[] piece = new byte[1 << 16];
                      for (int i = 0; i < 512; i++) {
                        out.write(piece);
                      }
                    }));
    assertThat(get(sent)).isEqualTo("-1:" + (32 << 20));
  }
}
