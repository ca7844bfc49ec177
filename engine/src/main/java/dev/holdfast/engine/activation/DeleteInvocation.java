// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;

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

  /** Whether there was anything to delete. */
  @Override
  public Boolean run(Activation activation, Event event) {
    activation.awaitLeft();
    ActivationTable table = activation.table();
    ObjectStore store = table.store();
    ObjectRef object = activation.object();
    OpenedObject opened = store.open(object, ActivationTable.nameToKeep(object));
    try {
      boolean exists = opened.seq() > 0;
      if (exists) {
        activation.mayCommit(event);
        Generation last = opened.generation().advancedTo(table.clock().now().getEpochSecond());
        store.commit(CommitGroup.of(Commit.delete(opened.opening(), opened.seq() + 1, last)));
      }
      table.sockets().all(object).forEach(socket -> socket.abandon(GOING_AWAY, REASON));
      return exists;
    } finally {
      store.release(opened.opening());
    }
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
