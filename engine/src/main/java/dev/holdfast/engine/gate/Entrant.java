// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import org.jspecify.annotations.Nullable;

/**
 * Someone who needs an entry gate's baton to run: an event. Its fields belong to the gate and are
 * guarded by it, except {@link #admitted}, which its thread may read at any time.
 */
public abstract class Entrant {
  /** The innermost section that it belongs to; a section that has ended counts as its parent. */
  @Nullable CriticalSection section;

  /** When it reached the object, counted over all activations. */
  long arrival;

  /** Whether what it waited for has happened before it handed the baton on. */
  boolean resumeEarly;

  /** Whether its thread runs: from then on it is bound to this gate, come what may. */
  boolean begun;

  /** Set when it is given the baton, or when the gate breaks; cleared when it hands it on. */
  private volatile boolean admitted;

  /**
   * Says to which section of the gate that it is about to enter it belongs.
   *
   * @param newSection the section that caused it; null if none
   */
  protected final void belongTo(@Nullable CriticalSection newSection) {
    section = newSection;
  }

  /** Whether every section lets it in, as if it belonged to it, until it has begun. */
  protected boolean entersAnySection() {
    return false;
  }

  /** How many bytes it holds while it waits. */
  protected abstract int weight();

  /**
   * Called when the baton was handed to it, or the gate broke, by whatever thread made it happen
   * and without locks: it wakes or starts the thread that is to run.
   */
  protected abstract void onAdmitted();

  /** Whether it may run: it holds the baton, or the gate is broken and it should find that out. */
  public final boolean admitted() {
    return admitted;
  }

  final void setAdmitted(boolean value) {
    admitted = value;
  }
}
