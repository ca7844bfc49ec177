// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

/** The node performs as many tasks as it can at once. The one that was asked for was not begun. */
public final class NodeBusyException extends ControlException {
  public NodeBusyException(String message) {
    super(message);
  }
}
