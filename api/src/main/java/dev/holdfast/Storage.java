// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * An object's private, durable key-value storage. Object thread only.
 *
 * <p>Writes need no await and no flush: all writes of a turn become durable together, and whatever
 * the object lets out afterwards waits for them by itself. Reads see the object's own writes at
 * once. Storage never lets other events in.
 *
 * <p>Keys are ordered by their UTF-8 bytes. Limits (defaults): a key 2 KiB in UTF-8, a value 2 MiB
 * encoded, a turn's writes 64 MiB, what one {@code list} or {@code getAll} reads 64 MiB of keys and
 * encoded values, all that the object has stored 1 GiB; passing one throws {@link
 * LimitExceededException} and writes nothing. Deleting always goes through. A value that cannot be
 * encoded throws {@link IllegalArgumentException}. A {@code null} value is refused: use {@link
 * #delete(String)}.
 *
 * <p>Values are copied in and out: changing a list after {@code put} or a result of {@code get}
 * changes nothing that is stored.
 */
public interface Storage {

  /** The value under {@code key}; empty if there is none. */
  <T> Optional<T> get(String key, Class<T> type);

  /** The value under {@code key} as a generic type; empty if there is none. */
  <T> Optional<T> get(String key, TypeRef<T> type);

  /** The value under a typed key; empty if there is none. */
  default <T> Optional<T> get(Key<T> key) {
    return get(key.name(), key.type());
  }

  /** The values under those of {@code keys} that exist, in key order, all in memory at once. */
  <T> SequencedMap<String, T> getAll(Collection<String> keys, Class<T> type);

  /** Stores {@code value} under {@code key}, replacing what was there. */
  void put(String key, Object value);

  /** Stores {@code value} under a typed key. */
  default <T> void put(Key<T> key, T value) {
    put(key.name(), value);
  }

  /** Stores all entries, or none of them if one is refused. */
  void putAll(Map<String, ?> entries);

  /**
   * Stores {@code value} under a new key that sorts after every key that this method made before
   * with the same prefix: the prefix, the seq of the coming commit and an index within it, in hex.
   * In a fork it also sorts after those that the fork has from the other object, so the seq there
   * is counted on from that of the other.
   *
   * @return the key
   */
  String append(String prefix, Object value);

  /**
   * Removes the entry under {@code key}.
   *
   * @return whether there was one
   */
  boolean delete(String key);

  /** Removes the entry under a typed key. */
  default boolean delete(Key<?> key) {
    return delete(key.name());
  }

  /**
   * Removes the entries under {@code keys}.
   *
   * @return how many there were
   */
  int delete(Collection<String> keys);

  /**
   * Removes everything that this object has stored. Takes effect with the turn's commit, like any
   * other write. Inside a transaction it throws {@link IllegalStateException}.
   */
  void deleteAll();

  /**
   * The entries of {@code range}, in its order, all in memory at once; what may be too much for
   * that, {@link #scan} reads.
   *
   * @throws LimitExceededException if they take more than 64 MiB (the default of {@code
   *     list-bytes})
   */
  <T> SequencedMap<String, T> list(Class<T> type, KeyRange range);

  /** As {@link #list(Class, KeyRange)}, for a generic type. */
  <T> SequencedMap<String, T> list(TypeRef<T> type, KeyRange range);

  /**
   * The entries of {@code range}, in its order, read as the stream advances, for what does not fit
   * in memory. It sees writes made meanwhile that lie ahead of it. It ends with the turn: a step
   * taken after the object has waited for something other than its storage throws {@link
   * IllegalStateException}.
   */
  <T> Stream<Map.Entry<String, T>> scan(Class<T> type, KeyRange range);

  /**
   * Runs {@code body} as a savepoint within the turn: if it throws, all it wrote is undone and the
   * exception passes on. Nests. Waiting in it for anything but storage throws {@link
   * IllegalStateException}. It does not undo fields: see {@link #onRollback}.
   */
  void transaction(Runnable body);

  /** As {@link #transaction(Runnable)}, with a result. */
  <T> T transaction(Supplier<T> body);

  /**
   * Undoes what the innermost open transaction has written so far; the transaction stays open.
   *
   * @throws IllegalStateException outside a transaction
   */
  void rollback();

  /**
   * Runs {@code action} if the innermost open transaction, or one around it, rolls back: the place
   * to restore fields. Actions run last registered first.
   *
   * @throws IllegalStateException outside a transaction
   */
  void onRollback(Runnable action);

  /**
   * Commits what the turn has written so far and waits until it is durable, letting no other event
   * in. Only needed before an effect that the platform does not hold back, such as a call through a
   * foreign client. The turn's atomicity is split here.
   *
   * <p>If the commit fails the activation is reset: this throws an {@code Error} that code must not
   * catch, as {@link ObjectContext#abort} does, and the caller gets a {@link StorageException}.
   *
   * @throws IllegalStateException inside a transaction
   */
  void sync();

  /**
   * How many bytes this object has stored, with what this turn has written so far: keys, encoded
   * values, what the platform keeps about it, and its SQL database as it is kept, compressed, after
   * the last turn that changed it. Its past does not count. May wait until earlier turns are
   * durable, letting no other event in.
   */
  long storedBytes();

  /** The past of the object, SQL database included. */
  History history();
}
