// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.Output;
import java.util.concurrent.locks.LockSupport;

/** A thread that holds the baton while it waits until what it sealed is durable, or has failed. */
final class DurabilityWait implements Output {
  private final Thread waiter;
  private volatile boolean done;

  DurabilityWait(Thread waiter) {
    this.waiter = waiter;
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

  void await() {
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
