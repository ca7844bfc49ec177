// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.floor;

import java.nio.charset.StandardCharsets;

/** One counter: its key in the database and its value in memory. */
final class Counter {
  final byte[] key;

  /** The value that is on disk; what readers see. Written by the committer. */
  volatile long durable;

  /** The value after the increments that are in the batch. Committer thread only. */
  long pending;

  Counter(String name, long value) {
    key = name.getBytes(StandardCharsets.UTF_8);
    durable = value;
    pending = value;
  }
}
