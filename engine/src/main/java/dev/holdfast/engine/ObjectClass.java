// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A namespace with the class behind it.
 *
 * @param namespace the stable name, under which the data lives: 1 to 64 letters, digits, {@code -}
 *     or {@code _}
 * @param type the remote interface
 * @param factory makes an activation
 */
public record ObjectClass<T>(
    String namespace, Class<T> type, Function<ObjectContext, ? extends DurableObject> factory) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  public ObjectClass {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(factory, "factory");
    if (!NAME.matcher(namespace).matches()) {
      throw new IllegalArgumentException(
          "namespace '" + namespace + "' is not 1 to 64 letters, digits, - or _");
    }
  }
}
