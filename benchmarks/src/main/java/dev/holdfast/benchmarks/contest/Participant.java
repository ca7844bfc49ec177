// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;

/** A running server that takes its turns in a {@link Contest}. */
public interface Participant {
  Contender contender();

  /** Ends the server and removes its data. */
  void discard() throws IOException;
}
