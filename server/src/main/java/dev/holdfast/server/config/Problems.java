// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects mistakes, so that all can be reported at once. Not thread-safe. */
public final class Problems {
  private final List<Problem> found = new ArrayList<>();

  /** Notes a mistake. */
  public void add(Place place, String message) {
    found.add(new Problem(place, message));
  }

  /** Whether nothing was noted. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /**
   * Reports what was noted, in the order of the lines.
   *
   * @throws ConfigException if there is anything
   */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new ConfigException(
          found.stream().sorted(Comparator.comparingInt(p -> p.place().line())).toList());
    }
  }
}
