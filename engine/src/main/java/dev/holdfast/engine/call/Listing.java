// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectEntry;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DirectoryEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which objects of a namespace exist, as callers see it. Thread-safe. */
record Listing(String namespace, Directory directory) {
  private static final int MAX = ObjectNamespace.MAX_LISTED;

  List<ObjectEntry> byName(KeyRange names) {
    boolean bounded = names.limit() <= MAX;
    List<DirectoryEntry> found =
        directory.byName(namespace, bounded ? names : names.limit(MAX + 1));
    if (found.size() > MAX) {
      throw new LimitExceededException(
          "namespace %s has more than %,d objects with %s, the most that one listing returns; list them page by page, with limit(n) and after(the last name)"
              .formatted(namespace, MAX, names));
    }
    return entries(found);
  }

  List<ObjectEntry> byId(@Nullable ObjectId after, int limit) {
    if (limit < 1 || limit > MAX) {
      throw new IllegalArgumentException(
          "a listing of namespace %s returns 1 to %,d objects, asked for %,d"
              .formatted(namespace, MAX, limit));
    }
    return entries(directory.byId(namespace, after, limit));
  }

  private static List<ObjectEntry> entries(List<DirectoryEntry> found) {
    return found.stream()
        .map(entry -> new ObjectEntry(entry.id(), entry.created(), entry.written(), entry.bytes()))
        .toList();
  }
}
