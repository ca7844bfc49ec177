// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/**
 * What an activation knows and may ask of the platform. Object thread only: used from any other
 * thread, or after the activation was reset, every method throws.
 */
public interface ObjectContext {

  /** The object's id. */
  ObjectId id();

  /**
   * The name from which the object's id was derived: present for named objects, also after a wake;
   * absent for unique ids, for objects that were only ever reached by an id parsed from text, and
   * for names over 1,024 bytes in UTF-8.
   */
  Optional<String> name();

  /** The namespaces that this object may call. */
  Env env();

  /** The object's private, durable storage. */
  Storage storage();

  /** The object's private, durable SQL database, made at first use. */
  Sql sql();

  /** The object's sockets. */
  WebSockets webSockets();

  /** The time by the node's clock, the one that tests control. */
  Instant now();

  /**
   * Runs {@code body} as a critical section: until it ends nothing enters the object except calls
   * that the section itself caused. Sections nest at most 64 deep; one more throws {@link
   * IllegalStateException} and leaves the object alive.
   *
   * <p>The section may wait for the answer of any call of the object, also of one that was made
   * before. Of what was chained to such a call before, only that runs within the section for whose
   * result the section waits, and what this depends on; the rest runs after it.
   *
   * <p>If {@code body} throws, the activation is reset. The section as a whole, waits included, is
   * bounded by the wall limit (30 s by default).
   *
   * @return what {@code body} returned
   * @throws Exception what {@code body} threw
   */
  <T> T blockConcurrencyWhile(Callable<T> body) throws Exception;

  /** As {@link #blockConcurrencyWhile(Callable)}, for a body without result. */
  default void blockConcurrencyWhile(Runnable body) {
    try {
      blockConcurrencyWhile(
          () -> {
            body.run();
            return Boolean.TRUE;
          });
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("a Runnable threw a checked exception", e);
    }
  }

  /**
   * Keeps the activation in memory until {@code work} completes, at most 15 minutes. It does not
   * delay any answer. A failure of {@code work} is logged.
   */
  void waitUntil(CompletionStage<?> work);

  /** Waits, letting other events enter meanwhile. */
  void sleep(Duration duration);

  /**
   * Waits for {@code stage}, letting other events enter meanwhile.
   *
   * <p>The future of a call that the object made does the same in {@code join} and {@code get}; any
   * other future would hold the object there. That includes those made of several: wait for them
   * with {@code ctx.await(CompletableFuture.allOf(a, b))}.
   *
   * <p>What is chained to the future of a call runs as an event of the object, whatever completes
   * it. What is chained to another future runs on the thread that completes that one, where neither
   * the context nor the fields may be used. When the activation ends, futures of its calls that are
   * not complete fail with {@link ObjectResetException}, for threads of the object's own that wait
   * for them, and what is chained to them does not run.
   *
   * <p>A call that the object made without waiting keeps it in memory until its answer has come, at
   * most 15 minutes. An object may have so many of them without an answer as the limit {@code
   * open-calls} says, 10,000 by default; one more throws {@link LimitExceededException} and is not
   * made.
   *
   * @return the value of the stage
   * @throws RuntimeException the failure of the stage itself when it is unchecked, else a {@link
   *     java.util.concurrent.CompletionException} around it
   */
  <T> T await(CompletionStage<T> stage);

  /**
   * Runs {@code action} once, after {@code delay}, as an event of this object. Timers are volatile:
   * they end with the activation. A pending timer keeps the activation in memory for at most 15
   * minutes. An exception that it throws is logged; an {@code Error} resets the activation.
   *
   * <p>A timer counts until its action has ended, waits included, or it is cancelled. An object may
   * have so many at once as the limit {@code timers} says, 10,000 by default. For something that
   * repeats let the action set the next timer as the last thing it does: then it never runs twice
   * at once, and rounds that come too late are left out instead of piling up.
   *
   * @throws LimitExceededException if the object has as many timers as it may
   */
  Timer schedule(Duration delay, Runnable action);

  /**
   * Resets this activation: the writes and outputs of the current turn are dropped, callers that
   * wait fail with {@link ObjectResetException} carrying {@code reason}, and the next event starts
   * from the last durable state. Never returns: it throws an {@code Error} that code must not
   * catch.
   */
  void abort(String reason);
}
