// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.List;

/**
 * A named set of objects of one object class, as callers of type {@code T} see it. Immutable,
 * thread-safe.
 *
 * <p>Making an id or a stub creates nothing and reaches nowhere: an object starts at its first
 * event and begins to exist when its first write commits.
 *
 * @param <T> the remote interface of the object class
 */
public interface ObjectNamespace<T> {

  /** The namespace's stable name, under which its data lives. */
  String name();

  /**
   * The id of the object with that name: always the same for the same name. Any string will do that
   * has a UTF-8 form.
   *
   * @throws IllegalArgumentException if {@code name} has an unpaired surrogate
   */
  ObjectId idFromName(String name);

  /** A new random id. */
  ObjectId newUniqueId();

  /**
   * The id that {@link ObjectId#toString()} printed. It carries no name.
   *
   * @throws IllegalArgumentException if {@code text} is not 64 hex digits, of either case, or is
   *     not an id of this namespace
   */
  ObjectId idFromString(String text);

  /**
   * A stub for the object with that id.
   *
   * @throws IllegalArgumentException if it is not an id of this namespace, or has a name that it
   *     was not derived from
   */
  T get(ObjectId id);

  /** A stub for the object with that name: {@code get(idFromName(name))}. */
  T getByName(String name);

  /**
   * Makes a new object that has the past of another one up to a bookmark: everything that was
   * stored there then, key-value storage and SQL database. Neither of them runs any code for that.
   * The object that was copied does not notice, and what it does afterwards stays its own.
   *
   * @param source the id of the object to copy
   * @param bookmark one of its bookmarks
   * @param name the name of the new object
   * @return a stub for the new object
   * @throws IllegalArgumentException if the bookmark is another object's, or is not kept any more
   * @throws IllegalStateException if there is an object with that name: one that has stored
   *     something
   * @throws HoldfastException if it fails; if its outcome is {@link Outcome#UNKNOWN}, the new
   *     object may exist, and is completed when it is called
   */
  T fork(ObjectId source, Bookmark bookmark, String name);

  /** The most objects that one listing returns. */
  int MAX_LISTED = 10_000;

  /**
   * The objects with names in a range, in its order: those that have stored something and were not
   * deleted. Reads the store as of one moment and wakes nobody. It blocks, so it is for workers and
   * objects, not for threads that must not; an object holds off its other events meanwhile.
   *
   * <p>Page by page, begin after the last name of the page before:
   *
   * <pre>{@code
   * KeyRange users = KeyRange.prefix("user-").limit(100);
   * List<ObjectEntry> first = counters.list(users);
   * List<ObjectEntry> second = counters.list(users.after(first.getLast().name().orElseThrow()));
   * }</pre>
   *
   * <p>Names of more than 1,024 bytes in UTF-8 are not kept, and so not listed.
   *
   * @throws LimitExceededException if there are more than {@link #MAX_LISTED}
   * @throws StorageException if the store cannot be read
   */
  List<ObjectEntry> list(KeyRange names);

  /**
   * All objects, named or not, in the order of their ids; else as {@link #list(KeyRange)}.
   *
   * @param limit how many at most, 1 to {@link #MAX_LISTED}
   */
  List<ObjectEntry> listAll(int limit);

  /**
   * As {@link #listAll(int)}, those whose ids come after {@code after}, whether it exists or not.
   */
  List<ObjectEntry> listAll(int limit, ObjectId after);

  /**
   * Deletes an object wholly: everything that it has stored, its SQL database, its past and its
   * bookmarks, its alarms, and its name in listings. That is durable, all or nothing, before this
   * returns. No code of the object runs, so one whose constructor throws can be deleted too.
   *
   * <p>It takes its turn like a call. What was before it has ended, but for events that wait for
   * something other than the object's storage: they fail with an {@link ObjectResetException}.
   * Timers are cancelled, and sockets closed with code 1001. What comes behind it finds a new,
   * empty object under the same id, which has nothing of this one: not even its old bookmarks are
   * good for it.
   *
   * @return whether the object existed; deleting what does not exist does nothing
   * @throws IllegalArgumentException if it is not an id of this namespace
   * @throws IllegalStateException if an event of the object itself has led to this call, which
   *     would not get an answer: use {@link Storage#deleteAll()}
   */
  boolean delete(ObjectId id);

  /** This namespace with other options for the calls made through its stubs. */
  ObjectNamespace<T> with(CallOptions options);
}
