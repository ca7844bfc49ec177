// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.RemoteException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the {@link Thrown} of an exception. The exception is foreign code: whatever one of its
 * methods throws counts as not there, and a cause that leads back to it ends the chain. For one
 * use.
 */
final class Capture {
  private final Recipes recipes;
  private final boolean passedThroughCode;
  private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * @param passedThroughCode whether object code let the exception out, so that what a platform
   *     failure says about a call is not about the caller's
   */
  Capture(Recipes recipes, boolean passedThroughCode) {
    this.recipes = recipes;
    this.passedThroughCode = passedThroughCode;
  }

  /** The exception, or null if it was met before or is one too many. */
  @Nullable Thrown of(@Nullable Throwable thrown) {
    if (thrown == null || seen.size() >= Thrown.MAX_EXCEPTIONS || !seen.add(thrown)) {
      return null;
    }
    String message = message(thrown);
    return new Thrown(
        types(thrown.getClass()),
        message,
        frames(thrown),
        of(orElse(thrown::getCause, null)),
        suppressed(thrown),
        state(thrown),
        platform(thrown));
  }

  private static List<String> types(Class<?> type) {
    List<String> types = new ArrayList<>();
    for (Class<?> each = type; each != Object.class && each != null; each = each.getSuperclass()) {
      types.add(each.getName());
    }
    return types;
  }

  /** Of a {@link RemoteException} the original's, without the type that it puts in front. */
  private static @Nullable String message(Throwable thrown) {
    String message = orElse(thrown::getMessage, null);
    if (message == null) {
      return null;
    }
    if (thrown instanceof RemoteException remote && message.startsWith(remote.type() + ": ")) {
      message = message.substring(remote.type().length() + 2);
    }
    return message.length() <= Thrown.MAX_MESSAGE_CHARS
        ? message
        : message.substring(0, Thrown.MAX_MESSAGE_CHARS) + "…";
  }

  private static List<Thrown.Frame> frames(Throwable thrown) {
    StackTraceElement[] trace = orElse(thrown::getStackTrace, new StackTraceElement[0]);
    List<Thrown.Frame> frames = new ArrayList<>();
    for (int i = 0; i < trace.length && i < Thrown.MAX_FRAMES; i++) {
      frames.add(Thrown.Frame.of(trace[i]));
    }
    return frames;
  }

  private List<Thrown> suppressed(Throwable thrown) {
    List<Thrown> suppressed = new ArrayList<>();
    for (Throwable each : thrown.getSuppressed()) {
      Thrown captured = of(each);
      if (captured != null) {
        suppressed.add(captured);
      }
    }
    return suppressed;
  }

  private Map<String, byte[]> state(Throwable thrown) {
    Map<String, byte[]> state = new HashMap<>();
    // Also of the classes above, as one of those may be what the caller gets.
    for (Class<?> type = thrown.getClass(); type != Throwable.class; type = type.getSuperclass()) {
      for (Recipe recipe : recipes.of(type.asSubclass(Throwable.class))) {
        state.putAll(orElse(() -> recipe.state(thrown), Map.of()));
      }
    }
    return state;
  }

  private Thrown.@Nullable Platform platform(Throwable thrown) {
    if (!(thrown instanceof HoldfastException failure)) {
      return null;
    }
    Outcome outcome = passedThroughCode ? Outcome.UNKNOWN : failure.outcome();
    return thrown instanceof RemoteException remote
        ? new Thrown.Platform(outcome, failure.retryable(), remote.type(), remote.remoteStack())
        : new Thrown.Platform(outcome, failure.retryable(), null, null);
  }

  private static <T extends @Nullable Object> T orElse(Supplier<T> getter, T fallback) {
    try {
      return getter.get();
    } catch (RuntimeException e) {
      return fallback;
    }
  }
}
