// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish to stop, which comes on one thread, and the main thread that carries it out.
 * Thread-safe.
 *
 * <p>On SIGTERM and SIGINT the JVM runs its shutdown hooks and ends with 143 or 130, which is what
 * service managers know a Java process by. The hook here holds that off until the main thread has
 * stopped the node, and changes the status to the main thread's when that is not 0.
 */
final class StopSignal {
  private final CountDownLatch wished = new CountDownLatch(1);
  private final CompletableFuture<Integer> status = new CompletableFuture<>();

  /** A signal that comes when this process is told to end. */
  static StopSignal ofProcess() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::onShutdown, "holdfast-stop"));
    return signal;
  }

  /** Asks to stop. */
  void wish() {
    wished.countDown();
  }

  /** Waits until there is a wish to stop. */
  void await() throws InterruptedException {
    wished.await();
  }

  /** Whether there is a wish to stop. */
  boolean wished() {
    return wished.getCount() == 0;
  }

  /** Waits at most that long, and says whether there is a wish to stop. */
  boolean within(Duration limit) throws InterruptedException {
    return wished.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * The main thread is done.
   *
   * @return whether the process is ending already
   */
  boolean finished(int exitStatus) {
    status.complete(exitStatus);
    return wished();
  }

  private void onShutdown() {
    wish();
    int exitStatus = status.join();
    if (exitStatus != 0) {
      Runtime.getRuntime().halt(exitStatus);
    }
  }
}
