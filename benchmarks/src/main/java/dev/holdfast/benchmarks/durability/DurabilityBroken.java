// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.durability;

/** A promise was not kept. */
final class DurabilityBroken extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DurabilityBroken(String message) {
    super(message);
  }
}
