// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import dev.holdfast.ObjectId;
import java.util.Objects;

/**
 * Which object: its namespace and id. Immutable.
 *
 * @param namespace the stable name of the namespace
 * @param id the object's id
 */
public record ObjectRef(String namespace, ObjectId id) {
  public ObjectRef {
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(id, "id");
  }

  /** Ids are unique across namespaces and uniformly distributed, so they hash for both. */
  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /** The namespace and the object's name, or the beginning of its id where it has none. */
  @Override
  public String toString() {
    return namespace + "/" + id.name().orElseGet(() -> id.toString().substring(0, 16) + "…");
  }
}
