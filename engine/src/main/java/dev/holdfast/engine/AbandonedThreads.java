// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads outside of any object for whose work nobody waits any more: workers whose client is gone.
 * Such a thread does not wait for more of an object's stream; its reads and writes there fail with
 * an {@link java.io.InterruptedIOException} that says why. Thread-safe.
 *
 * <p>Not by an interrupt, which could hit an object: its code may run on the worker's thread, and
 * nobody has abandoned the object.
 */
public final class AbandonedThreads {
  private static final ConcurrentMap<Thread, String> REASONS = new ConcurrentHashMap<>();

  private AbandonedThreads() {}

  /**
   * From now on nobody waits for what a thread does; {@link #remove} must follow, at the latest
   * when the thread ends.
   */
  public static void add(Thread thread, String reason) {
    REASONS.put(thread, reason);
    LockSupport.unpark(thread);
  }

  /** The thread works for somebody else, or ends. */
  public static void remove(Thread thread) {
    REASONS.remove(thread);
  }

  /** Why nobody waits for what a thread does; null if somebody may. */
  public static @Nullable String reason(Thread thread) {
    return REASONS.get(thread);
  }
}
