// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectId;
import dev.holdfast.engine.history.HistoryChange;
import dev.holdfast.store.ObjectRef;
import org.jspecify.annotations.Nullable;

/**
 * Makes the object that it is called on, which must not exist, what another one was at a bookmark.
 * Immutable.
 *
 * @param source the id of the other one, of the same namespace
 * @param bookmark of the other one
 */
public record ForkInvocation(ObjectId source, Bookmark bookmark) implements Intervention {

  @Override
  public void check(Activation activation, Event event) {
    ObjectRef object = activation.object();
    CommitPipeline commits = activation.commits();
    if (commits != null && commits.nextSeq() > 1) {
      throw HistoryChange.exists(source(object), object);
    }
    activation.table().historyChange(object).checkFork(source(object), bookmark);
  }

  @Override
  public @Nullable Object run(Activation activation, Event event) {
    ObjectRef object = activation.object();
    activation.mayCommit(event);
    activation
        .table()
        .historyChange(object)
        .fork(ActivationTable.nameToKeep(object), source(object), bookmark);
    return null;
  }

  private ObjectRef source(ObjectRef object) {
    return new ObjectRef(object.namespace(), source);
  }

  @Override
  public Throwable end() {
    return Ending.sleep();
  }

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
