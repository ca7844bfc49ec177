// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

/** What an activation knows of its object is out of date, as somebody else has changed that. */
final class Intervened extends Exception {
  private static final long serialVersionUID = 1L;

  Intervened(String what) {
    super("an operator changed the object: " + what, null, false, false);
  }
}
