// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Url;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random bodies between workers and objects, both ways at once, some of which break off or are
 * given up: whoever reads gets what was written, in order, and a clean end only if that was all.
 */
class StreamingFuzzTest extends FetchSuite {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 5_000 : 100;
  private static final int MAX_BYTES = 300_000;

  /** How a body ends. */
  private enum End {
    CLEAN,
    EXCEPTION,
    READER_CLOSES
  }

  /** What a body is to be, drawn from a seed. */
  private record Plan(long seed, int length, End end) {
    static Plan of(Random random) {
      int roll = random.nextInt(6);
      return new Plan(
          random.nextLong(),
          random.nextInt(random.nextBoolean() ? MAX_BYTES : 100),
          roll == 0 ? End.EXCEPTION : roll == 1 ? End.READER_CLOSES : End.CLEAN);
    }

    static byte at(int position) {
      return (byte) (position % 251);
    }
  }

  @Test
  void whatIsRead_isWhatWasWritten() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      Plan request = Plan.of(random);
      Plan response = Plan.of(random);
      String what = "seed %d, round %d: %s, %s".formatted(seed, round, request, response);
      boolean passedOn = random.nextBoolean();
      test.handler("both", (self, received) -> both(self, received, request, response, what));
      test.handler(
          "pass-on", (self, received) -> self.stub("b").fetch(to("both", received.body())));
      CompletableFuture<String> done =
          random.nextBoolean()
              ? fromWorker(passedOn, request, response, what)
              : fromObject(passedOn, request, response, what);
      assertThat(get(done)).as(what).isEqualTo("done");
    }
    test.letSleep();
  }

  private static Request to(String handler, Body body) {
    return new Request("POST", Url.parse("/" + handler), Headers.empty(), body);
  }

  private CompletableFuture<String> fromWorker(
      boolean passedOn, Plan request, Plan response, String what) {
    Body body = Body.writing(out -> write(out, request, null));
    return test.worker(
        () -> exchange(stub("a").fetch(to(passedOn ? "pass-on" : "both", body)), response, what));
  }

  private CompletableFuture<String> fromObject(
      boolean passedOn, Plan request, Plan response, String what) {
    test.script(
        "send",
        self -> {
          Body body = Body.writing(out -> write(out, request, self));
          String handler = passedOn ? "pass-on" : "both";
          return exchange(self.stub("a").fetch(to(handler, body)), response, what);
        });
    return test.call("sender", "send");
  }

  /** What the object does: it writes its response while it reads the request, on two events. */
  private Response both(Scripted self, Request received, Plan request, Plan response, String what) {
    return Response.stream(
        out -> {
          // Who closes the response before it has begun may be gone before the request was read.
          check(received.body(), request, response.end == End.READER_CLOSES, what);
          write(out, response, self);
        });
  }

  private static String exchange(Response response, Plan plan, String what) {
    check(response.body(), plan, false, what);
    return "done";
  }

  /** Writes as planned; an object also stores something now and then, or waits. */
  private static void write(OutputStream out, Plan plan, @Nullable Scripted self)
      throws IOException {
    Random random = new Random(plan.seed);
    int written = 0;
    while (written < plan.length) {
      byte[] piece = new byte[Math.min(plan.length - written, 1 + random.nextInt(20_000))];
      for (int i = 0; i < piece.length; i++) {
        piece[i] = Plan.at(written + i);
      }
      out.write(piece);
      written += piece.length;
      switch (random.nextInt(5)) {
        case 0 -> out.flush();
        case 1 -> {
          if (self != null) {
            self.add("n", 1);
          }
        }
        case 2 -> {
          if (self != null) {
            self.context().await(CompletableFuture.completedFuture(""));
          }
        }
        default -> {}
      }
    }
    if (plan.end == End.EXCEPTION) {
      throw new IllegalStateException("as planned");
    }
  }

  private static void check(Body body, Plan plan, boolean mayBeCut, String what) {
    Random random = new Random(~plan.seed);
    int closeAt = plan.end == End.READER_CLOSES ? random.nextInt(plan.length + 1) : -1;
    int read = 0;
    try (InputStream in = body.stream()) {
      byte[] buffer = new byte[1 + random.nextInt(30_000)];
      while (closeAt < 0 || read < closeAt) {
        int n = in.read(buffer);
        if (n < 0) {
          assertThat(plan.end).as(what).isNotEqualTo(End.EXCEPTION);
          assertThat(read).as(what).isEqualTo(plan.length);
          return;
        }
        for (int i = 0; i < n; i++) {
          if (buffer[i] != Plan.at(read + i)) {
            throw new AssertionError("%s: wrong byte at %d".formatted(what, read + i));
          }
        }
        read += n;
      }
    } catch (IOException e) {
      if (!mayBeCut) {
        assertThat(plan.end).as(what).withFailMessage("%s: %s", what, e).isEqualTo(End.EXCEPTION);
      }
    }
  }
}
