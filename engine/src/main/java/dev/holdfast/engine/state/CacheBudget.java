// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import java.util.concurrent.atomic.LongAdder;

/** Counts the bytes that all activations of a node hold. Thread-safe. */
public final class CacheBudget {
  private final LongAdder used = new LongAdder();
  private final long limitBytes;

  /** A budget of that many bytes. */
  public CacheBudget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Counts {@code delta} bytes more, or less. */
  public void add(long delta) {
    used.add(delta);
  }

  /** How many bytes are held. */
  public long usedBytes() {
    return used.sum();
  }

  /** Whether more is held than the budget allows. */
  public boolean exceeded() {
    return used.sum() > limitBytes;
  }
}
