// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A part of a value, or of its bytes, that does not fit its type. It collects the path to that part
 * while it unwinds and never leaves this package: {@link Codec} turns it into what the caller sees.
 */
final class Mismatch extends RuntimeException {
  /** More steps than these say nothing to a reader: the value is nested without end. */
  private static final int STEPS_SHOWN = 12;

  private final Deque<String> steps = new ArrayDeque<>();
  private final String problem;

  Mismatch(String problem) {
    this(problem, null);
  }

  Mismatch(String problem, @Nullable Throwable cause) {
    super(problem, cause, false, false);
    this.problem = problem;
  }

  /** The same problem seen from one level further out. */
  Mismatch under(String step) {
    steps.addFirst(step);
    return this;
  }

  Mismatch underIndex(int index) {
    return under("[" + index + "]");
  }

  Mismatch underName(String name) {
    return under("." + name);
  }

  /** The path and the problem, for a message that has named the outermost type. */
  String describe() {
    if (steps.isEmpty()) {
      return problem;
    }
    StringBuilder text = new StringBuilder("at ");
    steps.stream().limit(STEPS_SHOWN).forEach(text::append);
    if (steps.size() > STEPS_SHOWN) {
      text.append("… (").append(steps.size() - STEPS_SHOWN).append(" more steps)");
    }
    return text.append(": ").append(problem).toString();
  }
}
