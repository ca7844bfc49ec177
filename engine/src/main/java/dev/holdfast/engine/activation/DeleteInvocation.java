// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the object that it is called on, wholly: what it has stored, its past, its bookmarks, its
 * alarms, its place in the directory, and what of it is in memory and on the disk of this node.
 *
 * <p>It comes after the turns that were before it: what they let out has left. Events that wait for
 * something other than the object's storage end with the activation, since nobody knows for how
 * long they would. Those behind it find an object that does not exist yet.
 */
public record DeleteInvocation() implements Intervention {
  private static final int GOING_AWAY = 1001;
  private static final String REASON = "the object was deleted";

  @Override
  public void check(Activation activation, Event event) {
    ObjectRef object = activation.object();
    for (CallChain link = event.chain(); link != null; link = link.parent()) {
      if (link.object().equals(object)) {
        throw new IllegalStateException(
            "%s cannot have itself deleted: the call comes from an event of its own; use storage().deleteAll(), or let a worker delete it"
                .formatted(object));
      }
    }
  }

  /** How many bytes the object had stored; null if it did not exist. */
  @Override
  public @Nullable Long run(Activation activation, Event event) {
    activation.awaitLeft();
    ActivationTable table = activation.table();
    ObjectRef object = activation.object();
    Long bytes =
        delete(table.store(), object, table.clock().now(), () -> activation.mayCommit(event));
    abandonSockets(table.sockets(), object);
    return bytes;
  }

  /**
   * Deletes what the store has of an object that nobody else uses meanwhile: opening it makes every
   * earlier opening void.
   *
   * @param now the present, by the clock of the store
   * @param beforeCommit run when the object was found to exist; if it throws, nothing is deleted
   * @return how many bytes of keys and values its entries had; null if it did not exist
   * @throws dev.holdfast.StorageException if it fails; what it says of the outcome holds
   */
  public static @Nullable Long delete(
      ObjectStore store, ObjectRef object, Instant now, Runnable beforeCommit) {
    OpenedObject opened = store.open(object, ActivationTable.nameToKeep(object));
    try {
      if (opened.seq() == 0) {
        return null;
      }
      beforeCommit.run();
      Generation last = opened.generation().advancedTo(now.getEpochSecond());
      store.commit(CommitGroup.of(Commit.delete(opened.opening(), opened.seq() + 1, last)));
      return opened.bytes();
    } finally {
      store.release(opened.opening());
    }
  }

  /** Closes the sockets of an object that was deleted. */
  public static void abandonSockets(SocketTable sockets, ObjectRef object) {
    sockets.all(object).forEach(socket -> socket.abandon(GOING_AWAY, REASON));
  }

  @Override
  public Throwable end() {
    return Ending.intervened(REASON);
  }

  @Override
  public void afterwards(Activation over) {
    ActivationTable table = over.table();
    table.backoff().succeeded(over.object());
    table.sql().forget(over.object().id());
  }

  @Override
  public String toString() {
    return "delete";
  }
}
