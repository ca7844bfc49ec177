// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.CallTimeoutException;
import dev.holdfast.HoldfastException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told when a worker fails. Never says more than the kind of the failure: its
 * message and its trace are for the log.
 *
 * <ul>
 *   <li>503: a failure of the platform that a retry may get past: overload, an object that was
 *       reset, or a store whose disk is full. With Retry-After only if the call that failed applied
 *       nothing: clients and proxies follow that by themselves;
 *   <li>504: a call got no answer in time, or the worker gave none;
 *   <li>408, 413, 400: the request's body failed while the worker read it, and the worker let that
 *       pass;
 *   <li>500: all else. A passed limit is among it: the worker asked for too much, not the client.
 * </ul>
 *
 * <p>The outermost failure of the platform decides: what it was caused by may have applied nothing
 * where it has.
 */
final class Failure {
  private static final int DEEPEST_CAUSE = 16;

  private Failure() {}

  static Refusal refusal(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      Refusal refusal = known(cause);
      if (refusal != null) {
        return refusal;
      }
      if (cause instanceof HoldfastException) {
        break;
      }
      cause = cause.getCause();
    }
    return new Refusal(500, "the request failed; the log of the server says why");
  }

  /** Whether it is of that kind, or caused by one that is. */
  static boolean hasCause(Throwable failure, Class<? extends Throwable> kind) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      if (kind.isInstance(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static @Nullable Refusal known(Throwable cause) {
    return switch (cause) {
      case Refusal refusal -> refusal;
      case RequestBodyException body -> body.refusal();
      case CallTimeoutException timeout ->
          new Refusal(504, "an object did not answer in time; " + advice(timeout));
      case StorageException storage when storage.retryable() ->
          unavailable(
              "the store cannot serve this: its disk is full or failing, the log of the server says"
                  + " which",
              storage);
      case ObjectResetException reset ->
          unavailable("an object was reset before it could answer", reset);
      case HoldfastException platform when platform.retryable() ->
          unavailable("the service is overloaded or not available now", platform);
      default -> null;
    };
  }

  private static Refusal unavailable(String what, HoldfastException failure) {
    String text = what + "; " + advice(failure);
    return failure.outcome() == Outcome.NOT_APPLIED
        ? Refusal.retryLater(text)
        : new Refusal(503, text);
  }

  private static String advice(HoldfastException failure) {
    return switch (failure.outcome()) {
      case NOT_APPLIED -> "nothing was applied by the call that failed, retry later";
      case UNKNOWN -> "it may have been applied, look before you retry";
    };
  }
}
