// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/**
 * An exception that object code threw and whose type the remote interface does not declare. The
 * writes made before it are kept, as with any exception of object code.
 */
public final class RemoteException extends HoldfastException {
  private final String type;
  private final String remoteStack;

  /**
   * @param type the class name of the original
   * @param message the message of the original
   * @param remoteStack the stack trace of the original, as text
   */
  public RemoteException(String type, String message, String remoteStack) {
    super(type + ": " + message, Outcome.UNKNOWN, false, null);
    this.type = type;
    this.remoteStack = remoteStack;
  }

  /** The class name of the original exception. */
  public String type() {
    return type;
  }

  /** The stack trace of the original exception, as text: for logs, not for clients. */
  public String remoteStack() {
    return remoteStack;
  }
}
