// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.Request;
import dev.holdfast.Response;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
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
final class Exchange implements Runnable {
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
  private static final VarHandle OVERDUE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Exchange.class, "state", int.class);
      OVERDUE = MethodHandles.lookup().findVarHandle(Exchange.class, "overdue", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final ClientConnection connection;
  private final HttpServerRequest http;
  private Body body = Body.empty();
  private @Nullable RequestBody streamed;
  private boolean hasBody;
  private boolean gathering;

  /** Counted as overdue, and to be counted off by whoever resets it. */
  private volatile boolean overdue;

  /** Bytes of the body that nobody has begun to read; what the head does not say is endless. */
  private long unread;

  /** Where the worker's response comes from, while that is read. */
  private volatile @Nullable InputStream source;

  /** Why nobody takes the worker's response any more. */
  private volatile @Nullable String abandonedBecause;

  @SuppressWarnings("unused") // through STATE
  private volatile int state;

  /**
   * The mark for the limit in force, by {@link System#nanoTime}: the last time the client was
   * waited for; then the last time it took something of a streamed answer; then the time of the
   * answer.
   */
  private volatile long mark = System.nanoTime();

  Exchange(ClientConnection connection, HttpServerRequest http) {
    this.connection = connection;
    this.http = http;
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
      start();
    } else if (unread <= GATHERED_BYTES) {
      gather();
    } else {
      start(new RequestBody(this, length, expectsContinue));
    }
  }

  private void start(RequestBody stream) {
    if (edge().admission().tryEnter()) {
      streamed = stream;
      body = stream;
      stream.begin();
      edge().start(this);
    } else {
      refuseForLoad();
    }
  }

  private void start() {
    if (edge().admission().tryEnter()) {
      edge().start(this);
    } else {
      refuseForLoad();
    }
  }

  private void refuseForLoad() {
    int limit = edge().admission().limit();
    refuse(
        new Refusal(
            503,
            "%d requests at once, the limit (limits.concurrent-requests); retry later"
                .formatted(limit)));
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
            body = gathered.body();
            start();
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

  /**
   * Nobody takes the worker's response any more. A worker that waits for more of it would wait
   * until there is more, so the stream is closed under it. By a thread of its own, since the stream
   * may be the app's; and not by an interrupt, which could hit an object that runs on the worker's
   * thread.
   */
  void abandon(String why) {
    abandonedBecause = why;
    InputStream from = source;
    if (from != null) {
      edge().start(() -> close(from));
    }
  }

  private void close(InputStream from) {
    try {
      from.close();
    } catch (IOException | RuntimeException e) {
      log.debug("{} {}: closing the response's stream failed", http.method(), http.uri(), e);
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
    String limit = edge().timeouts().answer().toString();
    edge().admission().overdueBegan();
    overdue = true;
    if (refuse(
        new Refusal(504, "no answer within the limit of " + limit + " (limits.answer-ms)"))) {
      log.warn("{} {}: no answer within {}; answered 504", http.method(), http.uri(), limit);
    } else if ((boolean) OVERDUE.getAndSet(this, false)) {
      edge().admission().overdueEnded();
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

  // --- The worker's thread ---

  @Override
  public void run() {
    Answer answer = new Answer(this);
    try {
      Request request = RequestHead.request(http, body);
      Response response = edge().worker().fetch(request);
      answer.send(Objects.requireNonNull(response, "the worker returned null"));
    } catch (Throwable failure) {
      // The end of the thread: whatever the worker threw, the client must hear of it.
      fail(answer, failure);
    } finally {
      edge().admission().leave();
      if (overdue && (boolean) OVERDUE.getAndSet(this, false)) {
        edge().admission().overdueEnded();
      }
    }
  }

  /** Clients can cause lost connections and overload at will, so these are not for the log. */
  private void fail(Answer answer, Throwable failure) {
    Refusal refusal = Failure.refusal(failure);
    if (failure instanceof ClientLostException || failure instanceof ObjectOverloadedException) {
      log.debug("{} {}: {}", http.method(), http.uri(), failure.getMessage());
    } else if (refusal.status() == 500) {
      log.error("{} {} failed", http.method(), http.uri(), failure);
    } else if (refusal.status() > 500) {
      log.warn("{} {}: {}", http.method(), http.uri(), failure.toString());
    }
    answer.fail(refusal);
  }

  /**
   * The response comes from a stream now. Either this sees that it was abandoned, or {@link
   * #abandon} sees the stream.
   */
  void readsFrom(InputStream in) throws ClientLostException {
    source = in;
    String why = abandonedBecause;
    if (why != null) {
      throw new ClientLostException(why);
    }
  }

  /** The stream is at its end or has failed. */
  void hasRead() {
    source = null;
  }

  /** Where the response was abandoned, a failure of its stream is a consequence. */
  void throwIfAbandoned(Exception failure) throws ClientLostException {
    String why = abandonedBecause;
    if (why != null) {
      throw new ClientLostException(why, failure);
    }
  }

  // --- Any thread ---

  /** The client has taken something of a streamed answer, or is about to. */
  void progressed() {
    if (!hasAnswer()) {
      mark = System.nanoTime();
    }
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
    return edge().draining() || connection.awaitsNothingElse() || rest() > DISCARDED_BYTES;
  }

  /** How many bytes of the request's body are still to come. */
  private long rest() {
    RequestBody stream = streamed;
    return stream == null ? unread : stream.rest();
  }

  /** The answer is written, all of it. */
  void answered(boolean closing) {
    mark = System.nanoTime();
    STATE.setRelease(this, ANSWERED);
    if (streamed != null) {
      streamed.discard();
    }
    if (closing || connection.awaitsNothingElse()) {
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
