// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What of an exception travels to the caller: data only, cut to size, made where it was thrown.
 * Immutable.
 *
 * @param types the name of its class and of those above it, up to {@code Throwable}'s; not empty
 * @param message its message, the first {@link #MAX_MESSAGE_CHARS} of it
 * @param frames its stack trace, the innermost {@link #MAX_FRAMES} of it
 * @param cause its cause
 * @param suppressed what it suppressed
 * @param state what the constructor of its class needs besides message and cause, encoded; empty
 *     for most
 * @param platform what it says of a call, if it is a failure of the platform
 */
public record Thrown(
    List<String> types,
    @Nullable String message,
    List<Frame> frames,
    @Nullable Thrown cause,
    List<Thrown> suppressed,
    Map<String, byte[]> state,
    @Nullable Platform platform) {

  /** How much of a message travels. */
  static final int MAX_MESSAGE_CHARS = 16 << 10;

  /** How much of a stack trace travels. */
  static final int MAX_FRAMES = 64;

  /** How many exceptions travel together: causes, suppressed ones and theirs. */
  static final int MAX_EXCEPTIONS = 16;

  /** How many bytes of state travel with one exception. */
  static final int MAX_STATE_BYTES = 64 << 10;

  public Thrown {
    if (types.isEmpty()) {
      throw new IllegalArgumentException("an exception is of no type; name its class");
    }
    types = List.copyOf(types);
    frames = List.copyOf(frames);
    suppressed = List.copyOf(suppressed);
    state = Map.copyOf(state);
  }

  /** The name of its class. */
  public String type() {
    return types.getFirst();
  }

  /** As {@link Throwable#toString()} has it. */
  String headline() {
    return message == null ? type() : type() + ": " + message;
  }

  /**
   * A step of a stack trace.
   *
   * @param line the line, or a negative number as in {@link StackTraceElement}
   */
  record Frame(String type, String method, @Nullable String file, int line) {
    Frame {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(method, "method");
    }

    static Frame of(StackTraceElement element) {
      return new Frame(
          element.getClassName(),
          element.getMethodName(),
          element.getFileName(),
          element.getLineNumber());
    }

    StackTraceElement element() {
      return new StackTraceElement(type, method, file, line);
    }
  }

  /**
   * What a failure of the platform says.
   *
   * @param outcome what is known about the call
   * @param retryable whether the call may succeed later
   * @param remoteType the type, if the failure is itself a {@link dev.holdfast.RemoteException}
   * @param remoteStack the stack text, if it is
   */
  record Platform(
      Outcome outcome,
      boolean retryable,
      @Nullable String remoteType,
      @Nullable String remoteStack) {
    public Platform {
      Objects.requireNonNull(outcome, "outcome");
    }
  }
}
