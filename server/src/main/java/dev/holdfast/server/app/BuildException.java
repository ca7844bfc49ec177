// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

/** The app could not be built; what its compiler said has been shown already. */
public final class BuildException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BuildException(String message) {
    super(message);
  }
}
