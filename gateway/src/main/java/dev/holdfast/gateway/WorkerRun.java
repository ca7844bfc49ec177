// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Body;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.engine.AbandonedThreads;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the worker: asks it for the response to a request, and sends that. Takes a place of
 * the {@link Admission} that was entered for it, and leaves it at the end.
 *
 * <p>A run goes on when nobody takes its response any more, but does not wait for more of a stream:
 * see {@link #abandon}.
 */
final class WorkerRun implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(WorkerRun.class);
  private static final VarHandle OVERDUE;
  private static final VarHandle TAKEN;

  static {
    try {
      OVERDUE = MethodHandles.lookup().findVarHandle(WorkerRun.class, "overdue", boolean.class);
      TAKEN = MethodHandles.lookup().findVarHandle(WorkerRun.class, "taken", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Exchange exchange;
  private final Body body;

  /** The thread of the run, while it runs. */
  private volatile @Nullable Thread thread;

  /** Why nobody takes the response any more. */
  private volatile @Nullable String abandonedBecause;

  /** Where the response comes from, while that is read. */
  private volatile @Nullable Source source;

  /** Whether it runs, has run, or never will. */
  @SuppressWarnings("unused") // through TAKEN
  private volatile boolean taken;

  /** Counted as overdue, and to be counted off by whoever resets it. */
  private volatile boolean overdue;

  /**
   * A stream.
   *
   * @param loader the context class loader of the thread that reads it: a worker may stand before
   *     the app's, whose classes that of the gateway does not find
   */
  private record Source(InputStream stream, @Nullable ClassLoader loader) {}

  WorkerRun(Exchange exchange, Body body) {
    this.exchange = exchange;
    this.body = body;
  }

  // --- The worker's thread ---

  @Override
  public void run() {
    if (!take()) {
      return;
    }
    Thread self = Thread.currentThread();
    begin(self);
    Answer answer = new Answer(exchange);
    try {
      Request request =
          RequestHead.request(exchange.http(), exchange.edge().scheme(), exchange.id(), body);
      answer.send(response(request), this);
    } catch (Throwable failure) {
      // The end of the thread: whatever the worker threw, the client must hear of it.
      fail(answer, failure);
    } finally {
      end(self);
    }
  }

  private Response response(Request request) throws Exception {
    HttpServerRequest http = exchange.http();
    Response refusal = SocketHandshake.isAskedFor(http) ? SocketHandshake.refusal(http) : null;
    if (refusal != null) {
      return refusal;
    }
    Response response = exchange.edge().worker().fetch(request);
    return Objects.requireNonNull(response, "the worker returned null");
  }

  private void begin(Thread self) {
    thread = self;
    String why = abandonedBecause;
    if (why != null) {
      AbandonedThreads.add(self, why);
    }
  }

  private void end(Thread self) {
    thread = null;
    if (abandonedBecause != null) {
      AbandonedThreads.remove(self);
    }
    exchange.edge().admission().leave();
    if (overdue) {
      noLongerOverdue();
    }
  }

  /** Clients can cause lost connections and overload at will, so these are not for the log. */
  private void fail(Answer answer, Throwable failure) {
    Refusal refusal = Failure.refusal(failure);
    if (failure instanceof ObjectOverloadedException || isLossOfClient(failure)) {
      log.debug("{}: {}", exchange.describe(), failure.toString());
    } else if (refusal.status() == 500) {
      log.error("{} failed", exchange.describe(), failure);
    } else if (refusal.status() > 500) {
      log.warn("{}: {}", exchange.describe(), failure.toString());
    }
    answer.fail(refusal);
  }

  private boolean isLossOfClient(Throwable failure) {
    return failure instanceof ClientLostException
        || (abandonedBecause != null && Failure.hasCause(failure, InterruptedIOException.class));
  }

  /**
   * The response comes from a stream now. Either this sees that the run was abandoned, or {@link
   * #abandon} sees the stream.
   */
  void readsFrom(InputStream in) throws ClientLostException {
    source = new Source(in, Thread.currentThread().getContextClassLoader());
    String why = abandonedBecause;
    if (why != null) {
      throw new ClientLostException(why);
    }
  }

  /** The stream is at its end or has failed. */
  void hasRead() {
    source = null;
  }

  /** Where the run was abandoned, a failure of the response's stream is a consequence. */
  void throwIfAbandoned(Exception failure) throws ClientLostException {
    String why = abandonedBecause;
    if (why != null) {
      throw new ClientLostException(why, failure);
    }
  }

  /** A start that fails may have started a thread all the same: only one of the two goes on. */
  private boolean take() {
    return TAKEN.compareAndSet(this, false, true);
  }

  /**
   * Starting a thread for it failed, since the platform gives no more: answers in its place, unless
   * there is a thread after all. Does not throw: others of its round depend on who calls this.
   */
  void gotNoThread(Throwable why) {
    if (!take()) {
      return;
    }
    try {
      boolean _ =
          new Answer(exchange)
              .refuse(Refusal.retryLater("the node cannot start a thread for it; retry later"));
      log.error("{}: no thread could be started for it", exchange.describe(), why);
    } catch (RuntimeException | Error again) {
      // No memory even to say so: the client is answered when its time is over.
    } finally {
      exchange.edge().admission().leave();
      if (overdue) {
        noLongerOverdue();
      }
    }
  }

  // --- Event loop ---

  /**
   * Nobody takes the response any more. A worker that waits for more of a stream would wait until
   * there is more: so the stream that the response comes from is closed under it, by a thread of
   * its own since the stream may be the app's; and what it reads itself of an object's stream
   * fails. Not by an interrupt, which could hit an object that runs on the worker's thread.
   */
  void abandon(String why) {
    abandonedBecause = why;
    Source from = source;
    if (from != null) {
      exchange.edge().start(() -> close(from));
    }
    // A run that begins or ends at the same time sees the reason, or is seen here.
    Thread worker = thread;
    if (worker != null) {
      AbandonedThreads.add(worker, why);
      if (thread == null) {
        AbandonedThreads.remove(worker);
      }
    }
  }

  private void close(Source from) {
    Thread.currentThread().setContextClassLoader(from.loader());
    try {
      from.stream().close();
    } catch (IOException | RuntimeException e) {
      log.debug("{}: closing the response's stream failed", exchange.describe(), e);
    }
  }

  /** The gateway is about to answer in the worker's place. */
  void overdue() {
    exchange.edge().admission().overdueBegan();
    overdue = true;
  }

  /** The run has ended, or the worker was in time after all. Any thread. */
  void noLongerOverdue() {
    if ((boolean) OVERDUE.getAndSet(this, false)) {
      exchange.edge().admission().overdueEnded();
    }
  }
}
