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
import dev.holdfast.Headers;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.StorageException;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests whose bodies come as the object reads them. */
class RequestStreamingTest extends FetchSuite {
  private static final long BOUND_BYTES = (64 << 10) + 2 * (8 << 10);

  /** What the stream from outside yields, one read each. */
  private final BlockingQueue<String> arriving = new LinkedBlockingQueue<>();

  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private CountDownLatch goOn = new CountDownLatch(1);
  private CountDownLatch running = new CountDownLatch(1);

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    running = test.latch();
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("count", self -> String.valueOf(self.count("n")));
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
    test.handler("read", (self, request) -> Response.text(request.body().text()));
    test.handler("ignore", (self, request) -> Response.text("ignored"));
    test.handler(
        "first",
        (self, request) -> {
          try (InputStream in = request.body().stream()) {
            return Response.text(read(in));
          }
        });
    test.handler(
        "return-body", (self, request) -> new Response(200, Headers.empty(), request.body()));
    test.handler("echo", (self, request) -> Response.stream(out -> request.body().writeTo(out)));
    test.handler(
        "length",
        (self, request) -> {
          long length = request.body().length().orElse(-1);
          return Response.text(length + ":" + request.body().bytes().length);
        });
    test.handler(
        "read-and-add", (self, request) -> Response.text(request.body().text() + self.add("n", 1)));
  }

  /** A stream from outside, as a network's: each read waits for what arrives. */
  private Body network() {
    return Body.of(
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("read in pieces");
          }

          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            try {
              byte[] piece = arriving.take().getBytes(StandardCharsets.UTF_8);
              System.arraycopy(piece, 0, to, offset, piece.length);
              return piece.length == 0 ? -1 : piece.length;
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        });
  }

  private static String text(Response response) {
    return response.body().text();
  }

  private CompletableFuture<String> answer(String object, Request request) {
    CompletableFuture<Response> response = fetch(object, request);
    return test.worker(() -> text(get(response)));
  }

  // ---------------------------------------------------------------- from a worker

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

  private static void await(CompletableFuture<?> future) {
    Object _ = get(future);
  }

  @Test
  void writtenBody_thatNobodyReads_isNeverWritten() {
    Body body = Body.writing(out -> ended.complete("written"));
    assertThat(get(answer("a", post("ignore", body)))).isEqualTo("ignored");
    test.letSleep();
    assertThat(ended).isNotDone();
  }

  @Test
  void writtenBody_ofWhichNotAllIsRead_endsItsWriter() {
    Body body = Body.writing(out -> writeForEver(out, ended));
    assertThat(get(answer("a", post("first", body)))).isNotEmpty();
    assertThat(get(ended)).contains("its reader has closed it");
    test.letSleep();
  }

  @Test
  void writtenBody_thatAnObjectLeavesOpen_endsWithItsEvent() {
    test.handler("leave-open", (self, request) -> Response.text(request.body().stream().read()));
    Body body = Body.writing(out -> writeForEver(out, ended));
    assertThat(get(answer("a", post("leave-open", body)))).isEqualTo("0");
    assertThat(get(ended)).contains("it has ended");
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

  // ---------------------------------------------------------------- from an object

  /** Sends a body to object b from object a, and returns the text of the response. */
  private CompletableFuture<String> sendFromObject(String handler, Function<Scripted, Body> body) {
    test.script("send", self -> text(self.stub("b").fetch(post(handler, body.apply(self)))));
    return test.call("a", "send");
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
  void bodyOfAnObject_thatNobodyReads_isNeverWritten() {
    assertThat(
            get(sendFromObject("ignore", self -> Body.writing(out -> ended.complete("written")))))
        .isEqualTo("ignored");
    test.letSleep();
    assertThat(ended).isNotDone();
  }

  @Test
  void bodyOfAnObject_ofWhichNotAllIsRead_endsItsWriter() {
    assertThat(get(sendFromObject("first", self -> Body.writing(out -> writeForEver(out, ended)))))
        .isNotEmpty();
    get(ended);
    test.letSleep();
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
