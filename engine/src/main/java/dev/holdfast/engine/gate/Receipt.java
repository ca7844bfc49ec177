// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

/** What became of a commit that was handed to the store. Thread-safe. */
public interface Receipt {

  /** Whether it is known that the commit was not applied and never will be. */
  boolean notApplied();
}
