// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/** What is known about the effect of a call that failed. */
public enum Outcome {
  /** Nothing of the call was applied: a retry cannot apply it twice. */
  NOT_APPLIED,
  /** The call may have been applied, in whole or in part. */
  UNKNOWN
}
