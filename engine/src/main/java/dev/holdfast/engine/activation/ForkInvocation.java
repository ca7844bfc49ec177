// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectId;
import dev.holdfast.engine.history.HandedOut;
import dev.holdfast.engine.history.Rewrite;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes the object that it is called on, which must not exist, what another one was at a bookmark.
 * Runs within the gate of an activation, but before its constructor, and ends it. Immutable.
 *
 * @param source the id of the other one, of the same namespace
 * @param bookmark of the other one
 */
public record ForkInvocation(ObjectId source, Bookmark bookmark) implements Intervention {

  @Override
  public @Nullable RuntimeException refusal(Activation activation, Event event) {
    CommitPipeline commits = activation.commits();
    return commits != null && commits.nextSeq() > 1 ? exists(activation.object()) : null;
  }

  @Override
  public @Nullable Object run(Activation activation, Event event) {
    ActivationTable table = activation.table();
    ObjectStore store = table.store();
    ObjectRef object = activation.object();
    ObjectRef from = new ObjectRef(object.namespace(), source);
    Instant now = table.clock().now();
    Generation named = new Generation(bookmark.moment());
    HandedOut then = Rewrite.find(store, from, named, now);
    if (then == null) {
      throw notKept(from);
    }
    if (then.isAwaited() && bookmark.moment() > 0) {
      throw new IllegalArgumentException(
          "fork of %s: its bookmark %s is of the moment right before it goes back, and it has not yet"
              .formatted(from, bookmark));
    }
    OpenedObject opened = store.open(object, table.nameToKeep(object));
    try {
      if (opened.seq() > 0) {
        throw exists(object);
      }
      activation.mayCommit(event);
      Rewrite.fork(store, opened, source, named, then, now);
      return null;
    } catch (Rewrite.SourceGone e) {
      throw notKept(from);
    } finally {
      store.release(opened.opening());
    }
  }

  private IllegalArgumentException notKept(ObjectRef from) {
    return new IllegalArgumentException(
        "fork of %s: its bookmark %s is not kept; ask it for another with history().at(time)"
            .formatted(from, bookmark));
  }

  /** Why it cannot be run on an object that exists. */
  private IllegalStateException exists(ObjectRef object) {
    return new IllegalStateException(
        "fork of %s into %s, which exists; choose another name".formatted(source, object));
  }

  @Override
  public Throwable end() {
    return Ending.sleep();
  }

  @Override
  public void afterwards(Activation over) {}

  /** Part of it may be there, which whoever opens the object next completes. */
  @Override
  public boolean repeatable() {
    return false;
  }

  @Override
  public String toString() {
    return "fork";
  }
}
