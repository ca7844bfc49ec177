// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.Output;
import java.util.concurrent.locks.LockSupport;

/** A thread that holds the baton while it waits until what it sealed is durable, or has failed. */
final class DurabilityWait implements Output {
  private final Thread waiter = Thread.currentThread();
  private volatile boolean done;

  private DurabilityWait() {}

  /** Waits until all that {@code pipeline} sealed so far is durable, or one of it has failed. */
  static void on(CommitPipeline pipeline) {
    DurabilityWait wait = new DurabilityWait();
    pipeline.release(wait);
    wait.await();
  }

  @Override
  public void leave() {
    done = true;
    LockSupport.unpark(waiter);
  }

  @Override
  public void drop(StorageException failure) {
    leave();
  }

  private void await() {
    boolean interrupted = false;
    while (!done) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      waiter.interrupt();
    }
  }
}
