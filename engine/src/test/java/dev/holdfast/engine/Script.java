// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

/** What a test wants an object to do, written where the test is. */
@FunctionalInterface
public interface Script {
  /** Runs as code of {@code self}; what it returns is the call's result. */
  String run(Scripted self) throws Exception;
}
