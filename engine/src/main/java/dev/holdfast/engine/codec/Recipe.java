// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to make an exception of one class again: a constructor, and where its arguments come from.
 * Immutable, thread-safe.
 */
final class Recipe {

  /** Where an argument comes from. */
  sealed interface Source permits Message, Cause, State {}

  /** The message. */
  record Message() implements Source {}

  /** The cause. */
  record Cause() implements Source {}

  /** The value of an accessor, which travels encoded under the parameter's name. */
  record State(String name, Method accessor, Type type) implements Source {}

  private final Codec codec;
  private final Class<? extends Throwable> type;
  private final Constructor<?> constructor;
  private final List<Source> sources;

  Recipe(
      Codec codec,
      Class<? extends Throwable> type,
      Constructor<?> constructor,
      List<Source> sources) {
    this.codec = codec;
    this.type = type;
    this.constructor = constructor;
    this.sources = List.copyOf(sources);
  }

  /**
   * The values that the constructor needs besides message and cause.
   *
   * @throws IllegalArgumentException if they cannot be encoded, or are too large
   */
  Map<String, byte[]> state(Throwable thrown) {
    Map<String, byte[]> state = new HashMap<>();
    int bytes = 0;
    for (Source source : sources) {
      if (source instanceof State part) {
        byte[] value = codec.encode(read(thrown, part.accessor()), part.type());
        bytes += value.length;
        state.put(part.name(), value);
      }
    }
    if (bytes > Thrown.MAX_STATE_BYTES) {
      throw new IllegalArgumentException(
          "the state of an exception takes " + bytes + " bytes, limit " + Thrown.MAX_STATE_BYTES);
    }
    return state;
  }

  private static @Nullable Object read(Throwable thrown, Method accessor) {
    try {
      return accessor.invoke(thrown);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("the accessor " + accessor + " failed", e);
    }
  }

  /**
   * The exception anew, or null if this way does not lead to one with that message: the constructor
   * refuses, wants state that is not there, or makes a message of its own.
   */
  @Nullable Throwable make(Thrown thrown, @Nullable Throwable cause) {
    try {
      return construct(thrown, cause);
    } catch (ReflectiveOperationException | RuntimeException e) {
      // The constructor and getMessage are foreign code: if they fail, this way is closed.
      return null;
    }
  }

  private @Nullable Throwable construct(Thrown thrown, @Nullable Throwable cause)
      throws ReflectiveOperationException {
    List<@Nullable Object> arguments = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      switch (sources.get(i)) {
        case Message message -> arguments.add(thrown.message());
        case Cause own -> {
          if (cause != null && !constructor.getParameterTypes()[i].isInstance(cause)) {
            return null;
          }
          arguments.add(cause);
        }
        case State part -> {
          byte[] bytes = thrown.state().get(part.name());
          if (bytes == null) {
            return null;
          }
          arguments.add(codec.decode(bytes, part.type()));
        }
      }
    }
    Throwable made = type.cast(constructor.newInstance(arguments.toArray()));
    return Objects.equals(made.getMessage(), thrown.message()) ? made : null;
  }
}
