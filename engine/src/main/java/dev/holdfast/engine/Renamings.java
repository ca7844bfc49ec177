// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.Renames;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespaces that get another name when an engine starts. Which those are is found out first,
 * and changes nothing; it is done as the last step, since code before this one has the old names.
 * For one thread, but for what says otherwise.
 */
final class Renamings {
  private static final Logger log = LoggerFactory.getLogger(Renamings.class);

  private final ObjectStore store;
  private final SocketTable sockets;

  /** New names by old ones. */
  private final Map<String, String> pending = new ConcurrentHashMap<>();

  Renamings(ObjectStore store, SocketTable sockets) {
    this.store = store;
    this.sockets = sockets;
  }

  /**
   * Notes whether a namespace is to get the data that it had under another name.
   *
   * @param classes all that there are
   * @return the name that it has in the store so far; null if it is the same
   * @throws IllegalArgumentException if names cross
   * @throws IllegalStateException if both names have objects
   */
  @Nullable String add(ObjectClass<?> objectClass, List<ObjectClass<?>> classes) {
    String before = objectClass.renamedFrom();
    if (before == null) {
      return null;
    }
    for (ObjectClass<?> other : classes) {
      if (other.namespace().equals(before)
          || (other != objectClass && before.equals(other.renamedFrom()))) {
        throw new IllegalArgumentException(
            "it is renamed from %s, which namespace %s is or was too; let one of them have that name"
                .formatted(before, other.namespace()));
      }
    }
    Renames rename = new Renames(Map.of(before, objectClass.namespace()));
    if (rename.due(store.directory()).isEmpty()) {
      return null;
    }
    pending.putAll(rename.names());
    return before;
  }

  /** Whether what has that name gets another one. Thread-safe. */
  boolean takes(String before) {
    return pending.containsKey(before);
  }

  /** Does it, the store first: then nothing can fail any more. */
  void run() {
    if (pending.isEmpty()) {
      return;
    }
    Renames renamed = store.renameNamespaces(new Renames(pending));
    renamed
        .names()
        .forEach((before, now) -> log.info("namespace {} is renamed to {}", before, now));
    pending.forEach(sockets::rename);
    pending.clear();
  }
}
