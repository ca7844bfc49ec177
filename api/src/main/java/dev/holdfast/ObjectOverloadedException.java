// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/**
 * Too many events or bytes wait for one object, or for the node. Never retried for the caller: back
 * off.
 */
public final class ObjectOverloadedException extends HoldfastException {
  public ObjectOverloadedException(String message) {
    super(message, Outcome.NOT_APPLIED, true, null);
  }
}
