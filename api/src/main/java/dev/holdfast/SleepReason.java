// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/** Why an activation leaves memory in an orderly way. */
public enum SleepReason {
  /** No event came for the idle time. */
  IDLE,
  /** The node needs the memory. */
  MEMORY,
  /** The node is stopping. */
  SHUTDOWN
}
