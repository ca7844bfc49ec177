// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stands for the worker of code that is replaced while requests come. While there is none they
 * wait, so nobody notices but by the time it takes. Thread-safe.
 */
final class ReplaceableWorker implements Worker {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private @Nullable Running running;

  /** A worker, and how many requests are inside. */
  private static final class Running {
    final Worker worker;
    int inside;

    Running(Worker worker) {
      this.worker = worker;
    }
  }

  @Override
  public Response fetch(Request request) throws Exception {
    Running own = enter();
    Thread thread = Thread.currentThread();
    // Not put back: what follows on this thread is the response's body, which is the worker's too.
    thread.setContextClassLoader(own.worker.getClass().getClassLoader());
    try {
      return own.worker.fetch(request);
    } finally {
      leave(own);
    }
  }

  private Running enter() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Running own = running;
      while (own == null) {
        changed.await();
        own = running;
      }
      own.inside++;
      return own;
    } finally {
      lock.unlock();
    }
  }

  private void leave(Running own) {
    lock.lock();
    try {
      own.inside--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets no request in any more, and waits at most that long for those inside.
   *
   * @return whether none is inside any more
   */
  boolean stop(Duration limit) {
    lock.lock();
    try {
      Running last = running;
      running = null;
      long left = limit.toNanos();
      while (last != null && last.inside > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return last == null || last.inside == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false; // without waiting
    } finally {
      lock.unlock();
    }
  }

  /** Lets requests in, to that worker. */
  void start(Worker worker) {
    lock.lock();
    try {
      running = new Running(worker);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
