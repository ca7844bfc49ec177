// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.inspect;

import dev.holdfast.ObjectId;
import dev.holdfast.engine.call.IdAuthority;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.LastCommit;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds objects by what people call them: a name, or the 64 hex digits of an id. Where that could
 * be both, {@code name:} or {@code id:} before it says which. Thread-safe.
 */
public final class ObjectFinder {
  private static final String NAME = "name:";
  private static final String ID = "id:";

  private final ObjectStore store;

  /** A finder of the objects in a store. */
  public ObjectFinder(ObjectStore store) {
    this.store = store;
  }

  /** The namespaces of the store, also those whose class is gone. */
  public List<String> namespaces() {
    return store.directory().namespaces();
  }

  /**
   * The object that is called so.
   *
   * @throws NotFoundException if there is no such namespace, or no such object in it
   * @throws IllegalArgumentException if the text could mean two objects, or is an id that the
   *     namespace has not made
   */
  public ObjectRef find(String namespace, String text) {
    IdAuthority ids = ids(namespace);
    ObjectRef found;
    if (text.startsWith(NAME)) {
      found = existing(namespace, ids.fromName(text.substring(NAME.length())));
    } else if (text.startsWith(ID)) {
      found = existing(namespace, ids.fromText(text.substring(ID.length())));
    } else {
      ObjectRef named = existing(namespace, ids.fromName(text));
      ObjectRef ofId = isId(text) ? existing(namespace, id(ids, text)) : null;
      if (named != null && ofId != null) {
        throw new IllegalArgumentException(
            "%s: one object has the name %s, another one that id; write %s or %s before it"
                .formatted(namespace, text, NAME, ID));
      }
      found = named == null ? ofId : named;
    }
    if (found == null) {
      throw new NotFoundException(
          "there is no object %s in the namespace %s; list the objects that there are"
              .formatted(text, namespace));
    }
    return found;
  }

  /**
   * The id of the object that has a name, or would have it.
   *
   * @throws NotFoundException if there is no such namespace
   * @throws IllegalArgumentException if it is no Unicode text
   */
  public ObjectId idOfName(String namespace, String name) {
    return ids(namespace).fromName(name);
  }

  /**
   * The objects of a namespace: those that have names in the order of these, or all in the order of
   * their ids.
   *
   * @param prefix what the names begin with; null for all objects
   * @param after the name or, without prefix, the id after which to begin; null to begin
   * @param limit the most to return, at least 1
   * @throws NotFoundException if there is no such namespace
   */
  public List<DirectoryEntry> list(
      String namespace, @Nullable String prefix, @Nullable String after, int limit) {
    IdAuthority ids = ids(namespace);
    return prefix == null
        ? store.directory().byId(namespace, after == null ? null : ids.fromText(after), limit)
        : store.directory().byName(namespace, prefix, after, limit);
  }

  /** The text names no id of this namespace if it throws, so there is no such object. */
  private static @Nullable ObjectId id(IdAuthority ids, String text) {
    try {
      return ids.fromText(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static boolean isId(String text) {
    return text.length() == 2 * ObjectId.BYTES && text.chars().allMatch(HexFormat::isHexDigit);
  }

  private @Nullable ObjectRef existing(String namespace, @Nullable ObjectId id) {
    if (id == null) {
      return null;
    }
    LastCommit last = store.lastCommit(new ObjectRef(namespace, id));
    if (last == null) {
      return null;
    }
    String name = last.name();
    return new ObjectRef(namespace, name == null ? id : ObjectId.of(id.bytes(), name));
  }

  private IdAuthority ids(String namespace) {
    List<String> namespaces = namespaces();
    if (!namespaces.contains(namespace)) {
      throw new NotFoundException(
          "there is no namespace %s; %s"
              .formatted(
                  namespace,
                  namespaces.isEmpty()
                      ? "there is none at all"
                      : "there are " + String.join(", ", namespaces)));
    }
    return new IdAuthority(namespace, store.namespaceSecret(namespace), new SecureRandom());
  }
}
