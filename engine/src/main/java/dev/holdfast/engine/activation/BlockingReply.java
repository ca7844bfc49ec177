// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call for which a thread outside of any object waits. The wait cannot be
 * interrupted: the interrupt is kept for the caller.
 */
public final class BlockingReply implements Reply {
  private final Thread caller = Thread.currentThread();
  private @Nullable Object value;
  private @Nullable Throwable failure;
  private volatile boolean done;

  @Override
  public void complete(@Nullable Object result) {
    value = result;
    done = true;
    wake();
  }

  @Override
  public void fail(Throwable cause) {
    failure = cause;
    done = true;
    wake();
  }

  private void wake() {
    if (Thread.currentThread() != caller) {
      LockSupport.unpark(caller);
    }
  }

  /** Waits for the answer, on the thread that made this. */
  public @Nullable Object await() throws Throwable {
    boolean interrupted = false;
    while (!done) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      caller.interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    return value;
  }
}
