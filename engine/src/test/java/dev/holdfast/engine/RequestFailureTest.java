// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.CallOptions;
import dev.holdfast.CallTimeoutException;
import dev.holdfast.ObjectStub;
import dev.holdfast.Response;
import dev.holdfast.StorageException;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A request whose body breaks off, or whose sender is gone, fails whom it concerns. */
class RequestFailureTest extends RequestStreamingSuite {
  @Test
  void writtenBody_whoseWriterFails_failsTheReader() {
    test.handler(
        "pieces",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            return Response.text(read(in) + read(in));
          } catch (IOException e) {
            return Response.text(String.valueOf(e.getMessage()));
          }
        });
    Body body =
        Body.writing(
            out -> {
              send(out, "one");
              throw new IllegalStateException("boom");
            });
    assertThat(get(answer("a", post("pieces", body)))).contains("boom");
  }

  @Test
  void writtenBody_whoseSenderStopsWaiting_isWithdrawn() {
    CompletableFuture<String> readersFailure = new CompletableFuture<>();
    Body body =
        Body.writing(
            out -> {
              send(out, "one");
              pass(goOn);
            });
    test.handler(
        "tell",
        (self, request) -> {
          try {
            return Response.text(request.body().text());
          } catch (UncheckedIOException e) {
            readersFailure.complete(String.valueOf(e.getMessage()));
            throw e;
          }
        });
    ObjectStub stub = stub("a").with(CallOptions.timeout(ofSeconds(1)));
    CompletableFuture<Response> response = test.worker(() -> stub.fetch(post("tell", body)));
    TestEngine.until("it runs", () -> test.activations("a") == 1);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(1));
    assertThat(failure(response)).isInstanceOf(CallTimeoutException.class);
    assertThat(get(readersFailure)).contains("closed");
    goOn.countDown();
  }

  @Test
  void headThatComesTooLate_endsTheRequestToo() {
    CompletableFuture<String> writersFailure = new CompletableFuture<>();
    test.handler(
        "late",
        (self, request) -> {
          int first = request.body().stream().read();
          running.countDown();
          await(self, goOn);
          return Response.stream(
              out -> {
                out.write(first);
                writeForEver(out, ended);
              });
        });
    Body body = Body.writing(out -> writeForEver(out, writersFailure));
    ObjectStub stub = stub("a").with(CallOptions.timeout(ofSeconds(1)));
    CompletableFuture<Response> response = test.worker(() -> stub.fetch(post("late", body)));
    pass(running);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(1));
    assertThat(failure(response)).isInstanceOf(CallTimeoutException.class);
    get(writersFailure);
    goOn.countDown();
    get(ended);
    test.letSleep();
  }

  @Test
  void request_whoseBodyWasRead_isNotTriedAgain() {
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    Body body = Body.of(new ByteArrayInputStream("x".getBytes(StandardCharsets.UTF_8)));
    assertThat(test.failureAsTimePasses(fetch("a", post("read-and-add", body))))
        .isInstanceOf(StorageException.class);
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
  }

  @Test
  void request_whoseBodyWasNotRead_isTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    test.handler(
        "add-then-read",
        (self, request) -> {
          self.add("n", 1);
          if (attempts.incrementAndGet() == 1) {
            return Response.text("");
          }
          return Response.text(request.body().text() + self.count("n"));
        });
    test.store().faults().failNextCommit(CommitFault.REFUSED);
    Body body = Body.of(new ByteArrayInputStream("x".getBytes(StandardCharsets.UTF_8)));
    CompletableFuture<Response> response = fetch("a", post("add-then-read", body));
    assertThat(text(test.getAsTimePasses(response))).isEqualTo("x1");
  }

  @Test
  void bodyOfAnObject_whoseCommitFails_neverArrives() {
    test.handler(
        "note",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            return Response.text(read(in));
          } catch (IOException e) {
            ended.complete(String.valueOf(e.getMessage()));
            throw e;
          }
        });
    test.store().faults().failNextCommit(CommitFault.UNKNOWN_NOT_APPLIED);
    CompletableFuture<String> sent =
        sendFromObject(
            "note",
            self ->
                Body.writing(
                    out -> {
                      self.add("n", 1);
                      send(out, "stored");
                    }));
    assertThat(failure(sent)).isInstanceOf(StorageException.class);
    assertThat(get(ended)).contains("Scripted/a");
  }

  @Test
  void bodyOfAnObject_whoseWriterFails_failsTheReader_andTheObjectLives() {
    CompletableFuture<String> sent =
        sendFromObject(
            "read",
            self ->
                Body.writing(
                    out -> {
                      send(out, "one");
                      throw new IllegalStateException("boom");
                    }));
    assertThat(failure(sent))
        .hasMessageContaining("Scripted/a failed while")
        .hasMessageContaining("boom");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  @Test
  void bodyOfAnObject_thatIsDiscarded_breaksOff() {
    test.handler(
        "tell",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            read(in);
            running.countDown();
            return Response.text(read(in));
          } catch (IOException e) {
            ended.complete(String.valueOf(e.getMessage()));
            throw e;
          }
        });
    CompletableFuture<String> sent =
        sendFromObject(
            "tell",
            self ->
                Body.writing(
                    out -> {
                      send(out, "one");
                      await(self, goOn);
                    }));
    pass(running);
    test.awaitRun("a");
    failure(test.call("a", "abort"));
    failure(sent);
    assertThat(get(ended)).contains("Scripted/a was reset").contains("on purpose");
  }

  @Test
  void bodyOfAnObject_whoseLengthIsNotKept_breaksOff() {
    CompletableFuture<String> sent = sendFromObject("read", self -> declaring(5, new byte[3]));
    assertThat(failure(sent)).hasMessageContaining("has 3 bytes").hasMessageContaining("5");
  }
}
