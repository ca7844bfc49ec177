// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.util.concurrent.CompletableFuture;

/** The remote interface of {@link Scripted}: each method runs the script of that name. */
public interface ScriptedCalls {
  String run(String script) throws Exception;

  /** As a critical section from beginning to end. */
  String alone(String script) throws Exception;

  /** In a synchronized method. */
  String locked(String script) throws Exception;

  /** The caller gets a future at once. */
  CompletableFuture<String> later(String script);
}
