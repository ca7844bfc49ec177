// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.BufferedReader;
import java.io.IOException;

/**
 * A process that ends with this one at the latest: who waits for it does not hold up the end. For
 * one thread.
 */
final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final Thread end;

  private ChildProcess(Process process) {
    this.process = process;
    this.end = new Thread(() -> kill(process), "holdfast-end-child");
  }

  /** Starts a process without input. */
  static ChildProcess start(ProcessBuilder builder) throws IOException {
    ChildProcess child = new ChildProcess(builder.start());
    try {
      Runtime.getRuntime().addShutdownHook(child.end);
    } catch (IllegalStateException e) {
      kill(child.process); // this process is ending already
    }
    child.process.getOutputStream().close();
    return child;
  }

  /** What it says. */
  BufferedReader lines() {
    return process.inputReader();
  }

  /** Waits for its end, and returns its exit status. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  private static void kill(Process process) {
    // What was started may be a script, and the program a process of the script's.
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }

  /** Ends it, if it still runs. */
  @Override
  public void close() {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // This process is ending, so the hook runs.
    }
    kill(process);
  }
}
