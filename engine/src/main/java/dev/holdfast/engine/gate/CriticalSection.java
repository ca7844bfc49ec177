// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of an event during which only what it caused itself may enter. Sections nest: a call
 * that was let into a section may open one in turn, and then it is the inner one that lets in.
 *
 * <p>The section is also the token that travels with call chains; it dies when the section ends.
 */
public final class CriticalSection {
  private final EntryGate gate;
  private final @Nullable CriticalSection parent;
  private final int depth;

  /** Guarded by the gate. */
  boolean open = true;

  CriticalSection(EntryGate gate, @Nullable CriticalSection parent) {
    this.gate = gate;
    this.parent = parent;
    this.depth = parent == null ? 1 : parent.depth + 1;
  }

  /** The gate that it closes. */
  public EntryGate gate() {
    return gate;
  }

  /** The section around it; null if none. */
  public @Nullable CriticalSection parent() {
    return parent;
  }

  /** How many sections it is in, itself included. */
  public int depth() {
    return depth;
  }

  /** The innermost section at or around {@code section} that has not ended; null if none. */
  static @Nullable CriticalSection innermostOpen(@Nullable CriticalSection section) {
    CriticalSection candidate = section;
    while (candidate != null && !candidate.open) {
      candidate = candidate.parent;
    }
    return candidate;
  }
}
