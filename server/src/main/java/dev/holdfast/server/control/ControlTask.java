// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Something that can be done to the data of a node from the command line. Done by the node while
 * one runs, else by the command itself. Thread-safe: may be performed several times at once.
 *
 * <p>What it throws is told to the user. Text: a {@link dev.holdfast.HoldfastException}, an {@link
 * IOException} and a {@link ControlException} tell what kept it from being done, an {@link
 * IllegalArgumentException} what was wrong with the request. Anything else is a defect, of which
 * the log has the details.
 */
public interface ControlTask {

  /** The name by which requests ask for it. */
  String name();

  /**
   * Does it. The thread is interrupted if nobody waits for it any more: the command was ended, or
   * the node stops. Then it had better end, by any exception, leaving nothing half done.
   *
   * @param place what to do it to
   * @param request what is asked for; the values are not checked yet
   * @param out what the user gets; may be large, need be neither buffered nor closed
   */
  void perform(Workplace place, ControlRequest request, OutputStream out)
      throws IOException, InterruptedException;
}
