// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Bookmark;
import dev.holdfast.store.Generation;

/**
 * Makes the object what it was at a moment, and answers the bookmark that undoes it. Events that
 * wait for something other than the object's storage end with the activation. Immutable.
 *
 * @param to the generation at whose end that is
 */
public record RestoreInvocation(Generation to) implements Intervention {

  /** What turns before it wrote counts. */
  @Override
  public void check(Activation activation, Event event) {
    activation.awaitLeft();
    activation.table().historyChange(activation.object()).checkRestore(to);
  }

  @Override
  public Bookmark run(Activation activation, Event event) {
    activation.mayCommit(event);
    return activation.table().historyChange(activation.object()).restore(to);
  }

  @Override
  public Throwable end() {
    return Ending.intervened("the object was restored to another moment of its past");
  }

  /** What kept its constructor from coming to an end may be gone. */
  @Override
  public void afterwards(Activation over) {
    over.table().backoff().succeeded(over.object());
  }

  /** Done again, it would be undone by another bookmark. */
  @Override
  public boolean repeatable() {
    return false;
  }

  @Override
  public String toString() {
    return "restore";
  }
}
