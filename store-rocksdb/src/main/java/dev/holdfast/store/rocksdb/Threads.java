// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

/** Waits for threads. */
final class Threads {
  private Threads() {}

  /** Waits until a thread has ended, also if interrupted meanwhile; the interrupt is kept. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
