// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

/** What became of a commit that was handed to the store. Thread-safe. */
public interface Receipt {

  /** For what waits for no commit: all before it were durable already. */
  Receipt DURABLE =
      new Receipt() {
        @Override
        public boolean notApplied() {
          return false;
        }

        @Override
        public boolean failed() {
          return false;
        }
      };

  /** Whether it is known that the commit was not applied and never will be. */
  boolean notApplied();

  /**
   * Whether the store said that it failed: then all that waits for it is dropped, and was not let
   * go.
   */
  boolean failed();
}
