// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A namespace with the class behind it.
 *
 * @param namespace the stable name, under which the data lives: 1 to 64 letters, digits, {@code -}
 *     or {@code _}
 * @param type the remote interface
 * @param factory makes an activation
 * @param renamedFrom the name that the namespace had before, whose data it takes over; null if none
 */
public record ObjectClass<T>(
    String namespace,
    Class<T> type,
    Function<ObjectContext, ? extends DurableObject> factory,
    @Nullable String renamedFrom) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  public ObjectClass {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(factory, "factory");
    check(namespace);
    if (renamedFrom != null) {
      check(renamedFrom);
    }
  }

  /** A namespace that was never renamed. */
  public ObjectClass(
      String namespace, Class<T> type, Function<ObjectContext, ? extends DurableObject> factory) {
    this(namespace, type, factory, null);
  }

  /** The same, with the data of the namespace that had that name before. */
  public ObjectClass<T> renamedFrom(String before) {
    return new ObjectClass<>(namespace, type, factory, before);
  }

  private static void check(String namespace) {
    if (!NAME.matcher(namespace).matches()) {
      throw new IllegalArgumentException(
          "namespace '" + namespace + "' is not 1 to 64 letters, digits, - or _");
    }
  }
}
