// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.CallOptions;
import dev.holdfast.CallTimeoutException;
import dev.holdfast.Headers;
import dev.holdfast.HoldfastException;
import dev.holdfast.ObjectStub;
import dev.holdfast.Outcome;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Responses that an object writes as they are sent. */
class ResponseStreamingTest extends FetchSuite {
  /**
   * What is on its way at most: what a pipe holds, one piece, and what is gathered for the next.
   */
  private static final long BOUND_BYTES = (64 << 10) + 2 * (8 << 10);

  private CountDownLatch goOn = new CountDownLatch(1);
  private final CompletableFuture<String> ended = new CompletableFuture<>();

  @BeforeEach
  void scripts() {
    goOn = test.latch();
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("count", self -> String.valueOf(self.count("n")));
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
    test.handler(
        "endless",
        (self, request) -> {
          self.memory++;
          return Response.stream(out -> writeForEver(out, ended));
        });
    test.handler(
        "one-and-two",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  await(self, goOn);
                  send(out, "two");
                }));
    test.handler(
        "one-write-and-two",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  self.add("n", 1);
                  send(out, "two");
                }));
  }

  // ---------------------------------------------------------------- what leaves, and when

  @Test
  void head_leavesBeforeTheBodyIsWritten_andPiecesAsTheyCome() throws Exception {
    Response response = head("a", "one-and-two");
    try (InputStream in = response.body().stream()) {
      assertThat(get(next(in))).isEqualTo("one");
      CompletableFuture<String> second = next(in);
      test.awaitRun("a");
      assertThat(second).isNotDone();
      goOn.countDown();
      assertThat(get(second)).isEqualTo("two");
      assertThat(get(next(in))).isEqualTo("end");
    }
  }

  @Test
  void head_behindAPendingCommit_leavesWhole_thoughTheBodyIsWritten() {
    test.handler(
        "put",
        (self, request) -> {
          self.add("n", 1);
          return new Response(201, Headers.of("X-A", "1"), Body.writing(out -> out.write('x')));
        });
    test.store().gate().hold();
    CompletableFuture<Response> response = fetch("a", Request.get("/put"));
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(response).isNotDone();
    test.store().gate().release();
    assertThat(get(response).status()).isEqualTo(201);
    assertThat(get(response).header("x-a")).hasValue("1");
    assertThat(get(rest(get(response).body().stream()))).isEqualTo("x");
  }

  @Test
  void piece_waitsForTheWritesBeforeIt_andForNoneAfter() {
    test.store().gate().hold();
    InputStream in = head("a", "one-write-and-two").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    CompletableFuture<String> second = next(in);
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(second).isNotDone();
    test.store().gate().release();
    assertThat(get(second)).isEqualTo("two");
    assertThat(get(next(in))).isEqualTo("end");
  }

  @Test
  void end_waitsForTheWritesBeforeIt() {
    test.handler(
        "one-and-write",
        (self, request) ->
            Response.stream(
                out -> {
                  send(out, "one");
                  self.add("n", 1);
                }));
    test.store().gate().hold();
    InputStream in = head("a", "one-and-write").body().stream();
    assertThat(get(next(in))).isEqualTo("one");
    CompletableFuture<String> end = next(in);
    test.awaitSubmitted(1);
    test.awaitRun("a");
    assertThat(end).isNotDone();
    test.store().gate().release();
    assertThat(get(end)).isEqualTo("end");
  }

  @Test
  void pieces_withWritesBetween_keepTheirOrder() {
    StringBuilder expected = new StringBuilder();
    for (int i = 1; i <= 2_000; i++) {
      expected.append(i).append(' ');
    }
    test.handler(
        "count",
        (self, request) ->
            Response.stream(
                out -> {
                  for (int i = 0; i < 2_000; i++) {
                    if (i % 7 == 0) {
                      self.store().put("other", i);
                    }
                    out.write((self.add("n", 1) + " ").getBytes(StandardCharsets.UTF_8));
                    if (i % 3 == 0) {
                      out.flush();
                    }
                  }
                }));
    assertThat(get(rest(head("a", "count").body().stream()))).isEqualTo(expected.toString());
    assertThat(get(test.call("a", "count"))).isEqualTo("2000");
  }

  @Test
  void smallWrites_areGathered_untilTheyAreFlushed() {
    test.handler(
        "letters",
        (self, request) ->
            Response.stream(
                out -> {
                  for (char c = 'a'; c <= 'f'; c++) {
                    out.write(c);
                  }
                  out.flush();
                  await(self, goOn);
                  out.write('g');
                }));
    InputStream in = head("a", "letters").body().stream();
    assertThat(get(next(in))).isEqualTo("abcdef");
    goOn.countDown();
    assertThat(get(next(in))).isEqualTo("g");
  }

  @Test
  void streamAsBody_isSentAsItComes() {
    test.handler(
        "stream",
        (self, request) ->
            Response.stream(
                new InputStream() {
                  private int reads;

                  @Override
                  public int read() {
                    throw new AssertionError("read in pieces");
                  }

                  @Override
                  public int read(byte[] to, int offset, int length) {
                    if (reads == 1) {
                      ResponseStreamingTest.this.await(self, goOn);
                    }
                    to[offset] = (byte) ('a' + reads);
                    return ++reads == 3 ? -1 : 1;
                  }
                }));
    InputStream in = head("a", "stream").body().stream();
    assertThat(get(next(in))).isEqualTo("a");
    goOn.countDown();
    assertThat(get(rest(in))).isEqualTo("b");
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
  void oneHugeWrite_isSentInPieces() {
    byte[] huge = new byte[3 << 20];
    new Random(1).nextBytes(huge);
    test.handler("huge", (self, request) -> Response.stream(out -> out.write(huge)));
    byte[] read = get(test.worker(() -> head("a", "huge").body().bytes()));
    assertThat(read).isEqualTo(huge);
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

  // ---------------------------------------------------------------- who gets in meanwhile

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

  // ---------------------------------------------------------------- failures

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

  @Test
  void lengthThatIsGiven_isKnownToTheReader_andMustBeKept() {
    test.handler("five-of", (self, request) -> declared(request, "12345"));
    Response right = get(fetch("a", Request.get("/five-of?5")));
    assertThat(right.body().length()).hasValue(5);
    assertThat(get(rest(right.body().stream()))).isEqualTo("12345");
    assertThat(failure(rest(head("a", "five-of?7").body().stream())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 5 bytes")
        .hasMessageContaining("7");
    assertThat(failure(rest(head("a", "five-of?3").body().stream())))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more bytes")
        .hasMessageContaining("3");
  }

  private static Response declared(Request request, String text) {
    long length = Long.parseLong(request.url().rawQuery());
    return new Response(
        200, Headers.empty(), declaring(length, text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void writing_insideATransaction_isRefused() {
    test.handler(
        "transaction",
        (self, request) ->
            Response.stream(
                out ->
                    self.store()
                        .transaction(
                            () -> {
                              self.add("n", 1);
                              try {
                                out.write('x');
                              } catch (IOException e) {
                                throw new AssertionError(e);
                              }
                            })));
    assertThat(failure(rest(head("a", "transaction").body().stream())))
        .hasMessageContaining("inside a transaction");
    assertThat(get(test.call("a", "count"))).isEqualTo("0");
  }

  @Test
  void writing_afterTheBodysEnd_isRefused() {
    test.handler(
        "leak",
        (self, request) ->
            Response.stream(
                out -> {
                  test.script(
                      "write-late",
                      late -> {
                        out.write('x');
                        return "";
                      });
                  send(out, "x");
                }));
    assertThat(get(rest(head("a", "leak").body().stream()))).isEqualTo("x");
    assertThat(failure(test.call("a", "write-late"))).hasMessageContaining("closed");
  }

  @Test
  void body_isReadOnce() {
    Body body = head("a", "one-and-two").body();
    InputStream in = body.stream();
    assertThat(failure(test.worker(body::stream)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("can be read once");
    goOn.countDown();
    assertThat(get(rest(in))).isEqualTo("onetwo");
  }

  // ---------------------------------------------------------------- readers that go away

  private static void close(Response response) {
    try {
      response.body().stream().close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

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

  // ---------------------------------------------------------------- deadlines

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

  @Test
  void wholeStreamAsBody_isClosed() {
    CompletableFuture<String> closed = new CompletableFuture<>();
    test.handler(
        "closing",
        (self, request) ->
            Response.stream(
                new ByteArrayInputStream("abc".getBytes(StandardCharsets.UTF_8)) {
                  @Override
                  public void close() {
                    closed.complete("closed");
                  }
                }));
    assertThat(get(rest(head("a", "closing").body().stream()))).isEqualTo("abc");
    assertThat(get(closed)).isEqualTo("closed");
  }
}
