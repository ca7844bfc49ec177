// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerRequest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its answer.
 *
 * <pre>
 *            worker answers, or the gateway does: timeout, bad body
 *   WAITING ───────────────────────────────────► ANSWERING ──► ANSWERED
 * </pre>
 *
 * <p>The worker's thread and the event loop may both want to answer. Whoever moves the exchange out
 * of {@code WAITING} answers alone; the other's answer is dropped. Nothing of an answer is written
 * before that, and nobody else writes after it.
 */
final class Exchange {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  /** Up to here a body is gathered before the worker starts, which saves it from waiting. */
  private static final int GATHERED_BYTES = 16 << 10;

  /**
   * Up to here the unread rest of a body is taken and dropped; beyond, its connection is closed.
   */
  private static final int DISCARDED_BYTES = 64 << 10;

  private static final long ENDLESS = Long.MAX_VALUE;

  private static final int WAITING = 0;
  private static final int ANSWERING = 1;
  private static final int ANSWERED = 2;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Exchange.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ClientConnection connection;
  private final HttpServerRequest http;
  private final int ordinal;
  private final AsciiString id;

  /** The body, if it goes to the worker while it arrives. */
  private @Nullable RequestBody streamed;

  /** The run of the worker, once that has begun. Event loop only. */
  private @Nullable WorkerRun run;

  private boolean hasBody;
  private boolean gathering;

  /** Bytes of the body that nobody has begun to read; what the head does not say is endless. */
  private long unread;

  @SuppressWarnings("unused") // through STATE
  private volatile int state;

  /**
   * The mark for the limit in force, by {@link System#nanoTime}: the last time the client was
   * waited for; then the last time it took something of a streamed answer; then the time of the
   * answer.
   */
  private volatile long mark = System.nanoTime();

  /**
   * @param ordinal which request of its connection it is, from 1 on
   */
  Exchange(ClientConnection connection, HttpServerRequest http, int ordinal) {
    this.connection = connection;
    this.http = http;
    this.ordinal = ordinal;
    this.id = RequestId.of(http);
  }

  Edge edge() {
    return connection.edge();
  }

  ClientConnection connection() {
    return connection;
  }

  HttpServerRequest http() {
    return http;
  }

  /** What the client, the worker and the log know the request by. */
  AsciiString id() {
    return id;
  }

  /** The request, for a record of the log. */
  String describe() {
    return http.method() + " " + http.uri() + " (request " + id + ")";
  }

  // --- Event loop: the request comes in ---

  /** Starts to serve the request. */
  void begin() {
    long length;
    boolean expectsContinue;
    try {
      length = RequestHead.bodyLength(http);
      expectsContinue = length != 0 && RequestHead.expectsContinue(http);
      unread = length < 0 || expectsContinue ? ENDLESS : length;
    } catch (Refusal refusal) {
      refuseHead(refusal);
      return;
    }
    long limit = edge().limits().bodyBytes();
    hasBody = length != 0;
    if (length > limit) {
      refuse(RequestBody.tooLong(limit));
    } else if (!hasBody) {
      start(Body.empty());
    } else if (unread <= GATHERED_BYTES) {
      gather();
    } else {
      RequestBody stream = new RequestBody(this, length, expectsContinue);
      streamed = stream;
      stream.begin();
      start(stream);
    }
  }

  /** Starts the worker, if there is room for one more. */
  private void start(Body body) {
    if (edge().admission().tryEnter()) {
      WorkerRun begun = new WorkerRun(this, body);
      run = begun;
      connection.starts().add(begun);
    } else {
      int limit = edge().admission().limit();
      refuse(
          Refusal.retryLater(
              "%d requests at once, the limit (limits.concurrent-requests); retry later"
                  .formatted(limit)));
    }
  }

  /**
   * A client that is slow with its body takes no place from others: its request is not served yet.
   */
  private void gather() {
    gathering = true;
    GatheredBody gathered = new GatheredBody();
    http.handler(
        chunk -> {
          mark = System.nanoTime();
          gathered.add(chunk);
        });
    http.exceptionHandler(this::lostWhileGathering);
    http.endHandler(
        _ -> {
          if (gathering) {
            gathering = false;
            unread = 0;
            start(gathered.body());
          }
        });
  }

  private void lostWhileGathering(Throwable cause) {
    if (gathering) {
      gathering = false;
      unread = ENDLESS;
      refuse(RequestBody.failure(cause).refusal());
    }
  }

  /** Refuses a request whose end is not certain: nothing that follows it can be trusted. */
  void refuseHead(Refusal refusal) {
    unread = ENDLESS;
    hasBody = true;
    refuse(refusal);
  }

  /** The request broke off or turned out malformed while its body was read. */
  void requestLost(Refusal refusal) {
    if (!refuse(refusal) && (int) STATE.getAcquire(this) == ANSWERING) {
      connection.reset();
    }
  }

  /** Answers in the worker's place, unless it has begun to. */
  boolean refuse(Refusal refusal) {
    boolean refused = new Answer(this).refuse(refusal);
    if (refused) {
      abandon("the request was answered without its worker");
    }
    return refused;
  }

  /** Nobody takes the worker's response any more. */
  void abandon(String why) {
    if (run != null) {
      run.abandon(why);
    }
  }

  /** Nanoseconds until the limit in force passes; if it has passed, acts on it. */
  long nanosLeft(long now) {
    return switch ((int) STATE.getAcquire(this)) {
      case WAITING -> gathering ? gatherNanosLeft(now) : answerNanosLeft(now);
      case ANSWERING -> connection.quietNanosLeft(now, mark);
      default -> restNanosLeft(now);
    };
  }

  private long gatherNanosLeft(long now) {
    long left = edge().timeouts().body().toNanos() - (now - mark);
    if (left <= 0) {
      gathering = false;
      unread = ENDLESS;
      refuse(RequestBody.tooSlow(edge().timeouts()));
    }
    return left;
  }

  private long answerNanosLeft(long now) {
    RequestBody stream = streamed;
    if (stream != null && stream.waiting()) {
      return stream.nanosLeft(now);
    }
    long left = edge().timeouts().answer().toNanos() - (now - mark);
    if (left <= 0) {
      answerOverdue();
    }
    return left;
  }

  private void answerOverdue() {
    WorkerRun late = Objects.requireNonNull(run, "only a worker is late");
    String limit = edge().timeouts().answer().toMillis() + " ms";
    late.overdue();
    if (refuse(
        new Refusal(504, "no answer within the limit of " + limit + " (limits.answer-ms)"))) {
      log.warn("{}: no answer within {}; answered 504", describe(), limit);
    } else {
      late.noLongerOverdue();
    }
  }

  /** The request is answered, and the rest of its body is still to come. */
  private long restNanosLeft(long now) {
    long left = edge().timeouts().body().toNanos() - (now - mark);
    if (left <= 0) {
      connection.close();
    }
    return left;
  }

  // --- Any thread ---

  /** The client has taken something of a streamed answer, or is about to. */
  void progressed() {
    if (!hasAnswer()) {
      mark = System.nanoTime();
    }
  }

  /** Whether the body stays with the client until the worker asks for it. */
  boolean streamsBody() {
    return streamed != null;
  }

  /** Whether nobody has begun to answer. */
  boolean waiting() {
    return (int) STATE.getAcquire(this) == WAITING;
  }

  /** Whether the answer is written, all of it. */
  boolean hasAnswer() {
    return (int) STATE.getAcquire(this) == ANSWERED;
  }

  /** Takes the right to answer; false if somebody has it. */
  boolean claim() {
    return STATE.compareAndSet(this, WAITING, ANSWERING);
  }

  /** Whether the answer must be the last of its connection. */
  boolean closesConnection() {
    return edge().draining()
        || connection.isLast(ordinal)
        || connection.asksForSocket(ordinal)
        || RequestHead.isLast(http)
        || rest() > DISCARDED_BYTES;
  }

  /** How many bytes of the request's body are still to come. */
  private long rest() {
    RequestBody stream = streamed;
    return stream == null ? unread : stream.rest();
  }

  /** The answer is written, all of it; the request after this one may be taken up already. */
  void answered(boolean closing) {
    mark = System.nanoTime();
    // Volatile: either this sees below that the client has ended, or who saw that sees this.
    STATE.setVolatile(this, ANSWERED);
    if (streamed != null) {
      streamed.discard();
    }
    if (closing || connection.isLast(ordinal)) {
      connection.close();
    }
  }

  /** A read of the body ends its wait for the client. */
  void clientCame() {
    if (waiting()) {
      mark = System.nanoTime();
    }
  }

  /** Whether answer and request are complete. */
  boolean over() {
    return hasAnswer() && (!hasBody || http.isEnded());
  }

  /** When the answer was complete, by {@link System#nanoTime}. */
  long endedAt() {
    return mark;
  }
}
