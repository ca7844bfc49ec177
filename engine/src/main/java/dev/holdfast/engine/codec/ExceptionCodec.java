// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.HoldfastException;
import dev.holdfast.RemoteException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Carries exceptions from an object to its caller, in one process by the same rules as between two.
 * Thread-safe; one per engine.
 *
 * <p>The caller never gets the instance that was thrown but another of
 *
 * <ul>
 *   <li>its type, if the method declares it, or a sealed class that permits it, or it is one of a
 *       fixed list of the JDK's, or a failure of the platform;
 *   <li>else the nearest superclass that the method declares, so that the caller's {@code catch}
 *       works, unless a {@link RemoteException} would be caught there, too;
 *   <li>else a {@link RemoteException} that names the type; also if it cannot be made again: {@code
 *       Recipes} has the rule for that.
 * </ul>
 *
 * <p>The message is kept, and so are causes and suppressed exceptions, up to a number, each by
 * these rules. The stack trace is that of the object down to the call, a frame {@code
 * dev.holdfast.call}, and that of the caller: one trace, which every log shows.
 */
public final class ExceptionCodec {
  private final Codec codec;
  private final Recipes recipes;
  private final Map<Set<Class<?>>, ClosedList> closedLists = new ConcurrentHashMap<>();

  public ExceptionCodec(Codec codec) {
    this.codec = codec;
    this.recipes = new Recipes(codec);
  }

  /**
   * What travels of an exception that object code threw. To be called where it was caught, as it
   * calls the exception's methods.
   *
   * <p>A platform failure among them is about a call that the object made. That one may not have
   * been applied, but this one may: so its outcome becomes {@code UNKNOWN}, or, if its type always
   * says otherwise, it becomes a {@link RemoteException}.
   */
  public Thrown capture(Throwable thrown) {
    return Objects.requireNonNull(new Capture(recipes, true).of(thrown));
  }

  /** What travels of a failure that is the platform's own answer to a call: all that it says. */
  public Thrown captureFailure(HoldfastException failure) {
    return Objects.requireNonNull(new Capture(recipes, false).of(failure));
  }

  /**
   * The exception for the caller. To be called on the caller's thread, whose stack trace it takes.
   *
   * @param declared what the method declares to throw
   */
  public Throwable rebuild(Thrown thrown, Set<Class<?>> declared) {
    ClosedList list = closedLists.computeIfAbsent(Set.copyOf(declared), ClosedList::new);
    Throwable made = make(thrown, list.forCaller(thrown), list);
    StackTraces.join(made, thrown);
    return made;
  }

  /** {@link #capture} and {@link #rebuild} in one, for a caller on the same thread. */
  public Throwable copy(Throwable thrown, Set<Class<?>> declared) {
    return rebuild(capture(thrown), declared);
  }

  /** The bytes of what travels. */
  public byte[] encode(Thrown thrown) {
    return codec.encode(thrown, Thrown.class);
  }

  /**
   * What travelled, from its bytes.
   *
   * @throws CodecException if they are damaged
   */
  public Thrown decode(byte[] bytes) {
    return (Thrown) Objects.requireNonNull(codec.decode(bytes, Thrown.class));
  }

  private Throwable make(Thrown thrown, List<Class<? extends Throwable>> types, ClosedList list) {
    Throwable cause = thrown.cause() == null ? null : cause(thrown.cause(), thrown, list);
    Throwable made = make(thrown, types, cause);
    attach(cause, made);
    for (Thrown suppressed : thrown.suppressed()) {
      made.addSuppressed(cause(suppressed, thrown, list));
    }
    return made;
  }

  private Throwable cause(Thrown thrown, Thrown enclosing, ClosedList list) {
    Throwable made = make(thrown, list.forCause(thrown), list);
    StackTraces.adopt(made, thrown, enclosing);
    return made;
  }

  private Throwable make(
      Thrown thrown, List<Class<? extends Throwable>> types, @Nullable Throwable cause) {
    Throwable failure = PlatformFailures.make(thrown, cause);
    if (failure != null) {
      return failure;
    }
    for (Class<? extends Throwable> type : types) {
      for (Recipe recipe : recipes.of(type)) {
        Throwable made = recipe.make(thrown, cause);
        if (made != null) {
          return made;
        }
      }
    }
    return new RemoteException(
        thrown.type(), Objects.requireNonNullElse(thrown.message(), ""), StackTraces.text(thrown));
  }

  /** Not every constructor takes a cause, and not every exception takes one later. */
  private static void attach(@Nullable Throwable cause, Throwable made) {
    if (cause == null || made.getCause() != null) {
      return;
    }
    try {
      made.initCause(cause);
    } catch (IllegalStateException e) {
      made.addSuppressed(cause);
    }
  }
}
