// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/** What a worker or an object may reach: the namespaces of the app. Immutable, thread-safe. */
public interface Env {

  /**
   * The one namespace whose objects are called through {@code type}.
   *
   * @throws IllegalArgumentException if none or several namespaces have that remote interface; the
   *     message lists those there are
   */
  <T> ObjectNamespace<T> objects(Class<T> type);

  /**
   * The namespace with that name.
   *
   * @throws IllegalArgumentException if there is none, or its remote interface is not {@code type}
   */
  <T> ObjectNamespace<T> objects(String namespace, Class<T> type);
}
