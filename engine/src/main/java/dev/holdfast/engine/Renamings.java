// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.store.Directory;
import dev.holdfast.store.ObjectStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespaces that get another name when an engine starts. Which those are is found out first,
 * and changes nothing; it is done as the last step, since code before this one has the old names.
 * For one thread.
 */
final class Renamings {
  private static final Logger log = LoggerFactory.getLogger(Renamings.class);

  private final ObjectStore store;
  private final SocketTable sockets;

  /** Old names by new ones. */
  private final Map<String, String> pending = new LinkedHashMap<>();

  Renamings(ObjectStore store, SocketTable sockets) {
    this.store = store;
    this.sockets = sockets;
  }

  /**
   * Notes whether a namespace is to get the data that it had under another name.
   *
   * @param classes all that there are
   * @throws IllegalArgumentException if names cross
   * @throws IllegalStateException if both names have objects
   */
  void add(ObjectClass<?> objectClass, List<ObjectClass<?>> classes) {
    String before = objectClass.renamedFrom();
    if (before == null) {
      return;
    }
    for (ObjectClass<?> other : classes) {
      if (other.namespace().equals(before)
          || (other != objectClass && before.equals(other.renamedFrom()))) {
        throw new IllegalArgumentException(
            "it is renamed from %s, which namespace %s is or was too; let one of them have that name"
                .formatted(before, other.namespace()));
      }
    }
    String namespace = objectClass.namespace();
    Directory directory = store.directory();
    if (directory.namespaces().contains(before)) {
      boolean replaces = hasObjects(directory, namespace);
      if (replaces && hasObjects(directory, before)) {
        throw new IllegalStateException(
            "namespace %s cannot be renamed to %s: both have objects; give one of them another name"
                .formatted(before, namespace));
      }
      if (!replaces) {
        pending.put(namespace, before);
      }
    }
  }

  private static boolean hasObjects(Directory directory, String namespace) {
    return !directory.byId(namespace, null, 1).isEmpty();
  }

  /** The name that a namespace has in the store so far; null if it is the same. */
  @Nullable String before(String namespace) {
    return pending.get(namespace);
  }

  /** Whether what has that name gets another one. */
  boolean takes(String before) {
    return pending.containsValue(before);
  }

  /**
   * Does it, the store first: then nothing can fail any more. If one cannot be renamed, those that
   * were get their names back, for the code that has them.
   */
  void run() {
    List<String> renamed = new ArrayList<>();
    try {
      pending.forEach(
          (namespace, before) -> {
            if (store.renameNamespace(before, namespace)) {
              renamed.add(namespace);
            }
          });
    } catch (RuntimeException | Error failure) {
      renamed.forEach(namespace -> undo(namespace, failure));
      throw failure;
    }
    renamed.forEach(
        namespace -> log.info("namespace {} is renamed to {}", pending.get(namespace), namespace));
    pending.forEach((namespace, before) -> sockets.rename(before, namespace));
    pending.clear();
  }

  private void undo(String namespace, Throwable why) {
    String before = Objects.requireNonNull(pending.get(namespace));
    try {
      boolean _ = store.renameNamespace(namespace, before);
    } catch (RuntimeException | Error again) {
      why.addSuppressed(again);
    }
  }
}
