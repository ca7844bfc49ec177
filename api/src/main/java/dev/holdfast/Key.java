// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Objects;

/**
 * A storage key that knows the type of its value. Immutable.
 *
 * @param name the key
 * @param type the type of the value under it
 */
public record Key<T>(String name, TypeRef<T> type) {
  public Key {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
  }

  /** A key whose value is of a class without type parameters. */
  public static <T> Key<T> of(String name, Class<T> type) {
    return new Key<>(name, TypeRef.of(type));
  }

  /** A key whose value is of a generic type. */
  public static <T> Key<T> of(String name, TypeRef<T> type) {
    return new Key<>(name, type);
  }
}
