// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

/** How much is said. */
enum Load {
  /** As much as the server can do: throughput. */
  SATURATED("saturated"),

  /** The same for all, and little: latencies that can be compared. */
  PACED("paced");

  final String label;

  Load(String label) {
    this.label = label;
  }
}
