// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.StorageException;

/** What storage needs of the activation whose turns it takes part in. */
public interface Turns {

  /** Throws unless the calling thread runs this activation's code and it was not reset. */
  void checkThread();

  /** How many turns have ended or begun so far: it changes whenever the baton was handed on. */
  long turn();

  /** The seq that this turn's commit will have. */
  long nextSeq();

  /** Waits until all that was sealed so far is durable, letting nobody in. */
  void awaitCommits();

  /**
   * Discards the activation since storage has failed the code that runs; what it returns is to be
   * thrown, so that the code does not go on.
   */
  Error failed(StorageException failure);

  /** Seals what the turn has written so far and waits until it is durable. */
  void sync();
}
