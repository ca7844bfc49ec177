// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.CallTimeoutException;
import dev.holdfast.HoldfastException;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.ObjectResetException;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.Outcome;
import dev.holdfast.RemoteException;
import dev.holdfast.StorageException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The platform's own failures, which travel as themselves. */
final class PlatformFailures {
  private PlatformFailures() {}

  /**
   * The failure anew, or null if it is none, or would say another thing about the call than it is
   * to: some types always say that nothing was applied.
   */
  static @Nullable HoldfastException make(Thrown thrown, @Nullable Throwable cause) {
    Thrown.Platform platform = thrown.platform();
    if (platform == null) {
      return null;
    }
    HoldfastException made = make(thrown, platform, cause);
    return made != null
            && made.outcome() == platform.outcome()
            && made.retryable() == platform.retryable()
        ? made
        : null;
  }

  private static @Nullable HoldfastException make(
      Thrown thrown, Thrown.Platform platform, @Nullable Throwable cause) {
    String message = Objects.requireNonNullElse(thrown.message(), "");
    Outcome outcome = platform.outcome();
    String type = thrown.type();
    if (type.equals(RemoteException.class.getName())) {
      return new RemoteException(
          Objects.requireNonNullElse(platform.remoteType(), ""),
          message,
          Objects.requireNonNullElse(platform.remoteStack(), ""));
    } else if (type.equals(CallTimeoutException.class.getName())) {
      return new CallTimeoutException(message, outcome);
    } else if (type.equals(ObjectResetException.class.getName())) {
      return new ObjectResetException(message, outcome, cause);
    } else if (type.equals(StorageException.class.getName())) {
      return new StorageException(message, outcome, platform.retryable(), cause);
    } else if (type.equals(ObjectUnavailableException.class.getName())) {
      return new ObjectUnavailableException(message, cause);
    } else if (type.equals(ObjectOverloadedException.class.getName())) {
      return new ObjectOverloadedException(message);
    } else if (type.equals(LimitExceededException.class.getName())) {
      return new LimitExceededException(message);
    }
    return null;
  }
}
