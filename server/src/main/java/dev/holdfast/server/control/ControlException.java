// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

/** A task could not be done, or not be asked for; the message says why and what to do. */
public sealed class ControlException extends RuntimeException permits NodeBusyException {
  public ControlException(String message) {
    super(message);
  }
}
