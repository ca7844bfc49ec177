// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

/**
 * One mistake in the configuration. Immutable.
 *
 * @param place where it was made
 * @param message what is wrong, what was expected and found, and what to do
 */
public record Problem(Place place, String message) {
  @Override
  public String toString() {
    return place + ": " + message;
  }
}
