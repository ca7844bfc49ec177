// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import dev.holdfast.KeyRange;
import dev.holdfast.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which objects exist: those with at least one commit. Thread-safe. Every method throws {@link
 * dev.holdfast.StorageException} if it cannot be read.
 */
public interface Directory {

  /** The names of the namespaces that have a secret, in the order of their UTF-8 bytes. */
  List<String> namespaces();

  /** An object; null if it does not exist. */
  @Nullable DirectoryEntry find(ObjectRef object);

  /**
   * Objects of a namespace in the order of their ids.
   *
   * @param after only those after this id; null to begin
   * @param limit the most to return, at least 1
   */
  List<DirectoryEntry> byId(String namespace, @Nullable ObjectId after, int limit);

  /**
   * Named objects of a namespace, as of one moment, in the order of the UTF-8 bytes of their names
   * or against it. Names are unique in a namespace, because ids are derived from them.
   *
   * @param names which names, and how many at most
   */
  List<DirectoryEntry> byName(String namespace, KeyRange names);

  /**
   * A page of the named objects of a namespace in the order of the UTF-8 bytes of their names.
   *
   * @param prefix what the names begin with
   * @param after only names after this one; null to begin
   * @param limit the most to return, at least 1
   */
  default List<DirectoryEntry> byName(
      String namespace, String prefix, @Nullable String after, int limit) {
    KeyRange names = KeyRange.prefix(prefix).limit(limit);
    return byName(namespace, after == null ? names : names.after(after));
  }
}
