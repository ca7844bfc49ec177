// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Other names that namespaces get, all of them at once. Immutable.
 *
 * @param names the new names by the old ones
 */
public record Renames(Map<String, String> names) {

  /**
   * Takes names, of which each is there once, be it old or new: so their order does not matter.
   *
   * @throws IllegalArgumentException if one is there twice
   */
  public Renames {
    names = Map.copyOf(names);
    Set<String> all = new HashSet<>();
    names.forEach(
        (from, to) -> {
          if (!all.add(from) || !all.add(to)) {
            throw new IllegalArgumentException(
                "namespace %s cannot be renamed to %s: one of these names is another's too, old or new; give each its own"
                    .formatted(from, to));
          }
        });
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return names.isEmpty();
  }

  /** All names, old and new. */
  public Set<String> all() {
    Set<String> all = new HashSet<>(names.keySet());
    all.addAll(names.values());
    return all;
  }

  /**
   * Those that are left to be done: there is a namespace of the old name, and none of the new one
   * that has objects.
   *
   * @throws IllegalStateException if both have objects
   * @throws dev.holdfast.StorageException if the directory cannot be read
   */
  public Renames due(Directory directory) {
    Map<String, String> due = new HashMap<>();
    List<String> there = directory.namespaces();
    names.forEach(
        (from, to) -> {
          if (there.contains(from)) {
            boolean replaces = hasObjects(directory, to);
            if (replaces && hasObjects(directory, from)) {
              throw refusal(from, to, "both have objects; give one of them another name");
            }
            if (!replaces) {
              due.put(from, to);
            }
          }
        });
    return new Renames(due);
  }

  private static boolean hasObjects(Directory directory, String namespace) {
    return !directory.byId(namespace, null, 1).isEmpty();
  }

  /**
   * Throws if one of the objects is in a namespace that gets or gives a name.
   *
   * @param open those that are open, or being written
   * @throws IllegalStateException if so
   */
  public void requireClosed(Collection<ObjectRef> open) {
    for (ObjectRef object : open) {
      names.forEach(
          (from, to) -> {
            if (object.namespace().equals(from) || object.namespace().equals(to)) {
              throw refusal(from, to, object + " is open; stop what runs it");
            }
          });
    }
  }

  private static IllegalStateException refusal(String from, String to, String why) {
    return new IllegalStateException(
        "namespace %s cannot be renamed to %s: %s".formatted(from, to, why));
  }
}
