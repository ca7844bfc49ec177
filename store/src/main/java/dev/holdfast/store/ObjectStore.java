// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import dev.holdfast.StorageException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the commits of objects: durable, ordered, fenced, with a history. Thread-safe.
 *
 * <p>After a write or a sync failed the store is <em>broken</em>: what was being written is {@code
 * UNKNOWN}, what waited behind it is {@code NOT_APPLIED}, and every opening is void. The next
 * {@link #open}, or read of any kind, first brings the store back, with a new epoch, to a state
 * that is certainly on disk, or fails with a retryable {@link StorageException}.
 *
 * <p>A store is one handle on its data. A handle that is opened over the same data later has a
 * greater epoch, and fences this one: whatever this one has not yet written is refused.
 *
 * <p>After {@link #close} commits are refused, and whatever opens or reads throws a {@link
 * StorageException}.
 */
public interface ObjectStore extends AutoCloseable {

  /**
   * The secret with which ids of a namespace are made and authenticated: 32 random bytes, made at
   * first use and durable before they are returned.
   *
   * @return a copy
   * @throws StorageException if it cannot be read or made
   */
  byte[] namespaceSecret(String namespace);

  /**
   * Gives namespaces other names, all at once: the objects, secret and ids of each are then those
   * of the new name. Leaves out those of which there is no namespace of the old name, or it has no
   * objects and one of the new name has; so it may be done again and again. Waits for what was
   * submitted before; nobody may open objects of any of them meanwhile. Not for the store's thread,
   * which would wait for itself.
   *
   * @return those that were renamed, which is durable then
   * @throws IllegalStateException if both names have objects, or an object of either is open;
   *     nothing is renamed then
   * @throws StorageException if it cannot be read or written; nothing is renamed then, or all, if
   *     the store cannot be brought back now
   */
  Renames renameNamespaces(Renames names);

  /**
   * Opens an object, making every earlier opening of it void. Waits for all commits of the object
   * that were submitted before. Creates nothing.
   *
   * @param name the name to keep with the object's first commit; null if it has none
   * @throws StorageException if it cannot be read
   */
  OpenedObject open(ObjectRef object, @Nullable String name);

  /**
   * Forgets an opening, when it is still the latest, so that nothing more can be committed through
   * it. Commits submitted before are not affected.
   */
  void release(Opening opening);

  /**
   * The value of an entry; null if there is none. Submitted commits count once they completed.
   *
   * @throws StorageException if it cannot be read
   */
  byte @Nullable [] get(ObjectRef object, EntryKey key, View view);

  /**
   * A page of entries in key order, all as of one moment. Submitted commits count once they
   * completed.
   *
   * @throws StorageException if they cannot be read
   */
  ScanPage scan(ObjectRef object, ScanRange range, View view);

  /**
   * The last commit of an object; null if it has none, that is, does not exist. Opens nothing.
   * Submitted commits count once they completed.
   *
   * @throws StorageException if it cannot be read
   */
  @Nullable LastCommit lastCommit(ObjectRef object);

  /**
   * In which generations an object was changed, latest first, as far as the versions tell that are
   * kept: so between two of those that are listed side by side, all retained views show the same.
   * Changes of entries of the kind {@link EntryKind#META} do not count. Reads the whole object and
   * its history.
   *
   * @param before only generations before this one
   * @param limit the most to return, at least 1
   * @throws StorageException if they cannot be read
   */
  List<Generation> changes(ObjectRef object, Generation before, int limit);

  /**
   * Hands over a group of commits. Blocks only while more bytes wait than the store's bound.
   *
   * <p>A commit is refused, and its group with it, unless its epoch is current, its opening the
   * latest of the object, its seq the object's last plus one, and its generation not before the
   * last. Whether its opening is the latest is judged now, the rest when its turn comes: what was
   * submitted before the object is opened again or released is applied. After a refusal or a
   * failure every later commit of the same opening is refused too; also of the openings of the
   * other commits of its group.
   *
   * @param listener told once, also if the store is closed
   */
  void submit(CommitGroup group, CommitListener listener);

  /**
   * Hands over a group of commits and waits until it is durable. Not for the store's thread, which
   * would wait for itself.
   *
   * @throws StorageException why it is not, as a listener would be told
   */
  default void commit(CommitGroup group) {
    CompletableFuture<@Nullable StorageException> done = new CompletableFuture<>();
    submit(group, done::complete);
    StorageException failure = done.join();
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Objects whose alarm time is not after the store's clock, earliest first. An object is listed
   * until a commit moves its alarm time.
   *
   * @param limit the most to return, at least 1
   * @throws StorageException if they cannot be read
   */
  List<DueAlarm> dueAlarms(int limit);

  /**
   * The earliest alarm time of all, due or not; empty if there is none.
   *
   * @throws StorageException if it cannot be read
   */
  Optional<Instant> nextAlarm();

  /** Which objects exist. */
  Directory directory();

  /** Which moments of the past stay readable, besides the pinned ones. */
  Retention retention();

  /**
   * Removes superseded versions that no retained moment sees, a bounded step at a time, going on
   * where the last step ended. Never blocks an object.
   *
   * @param budget the most versions to look at, at least 1
   */
  PruneReport prune(int budget);

  /**
   * Completes what was submitted, then closes. Idempotent.
   *
   * @throws IllegalStateException if a listener calls it on the store's thread: it would wait for
   *     that listener to return. The store stays open
   */
  @Override
  void close();
}
