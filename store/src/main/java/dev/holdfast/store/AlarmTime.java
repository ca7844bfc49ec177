// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When an object wants to be woken next. An object has one such time, the earliest of its alarms.
 * Immutable.
 *
 * @param at the time in whole milliseconds, rounded up so that no alarm fires early; null for never
 */
public record AlarmTime(@Nullable Instant at) {
  public AlarmTime {
    at = at == null ? null : roundedUp(at);
  }

  /** Never. */
  public static final AlarmTime NEVER = new AlarmTime(null);

  /**
   * At that time.
   *
   * @throws IllegalArgumentException if it is beyond what 64 bits of milliseconds can tell
   */
  public static AlarmTime at(Instant at) {
    return new AlarmTime(at);
  }

  private static Instant roundedUp(Instant at) {
    try {
      Instant whole = at.truncatedTo(ChronoUnit.MILLIS);
      Instant rounded = whole.equals(at) ? whole : whole.plusMillis(1);
      long millis = rounded.toEpochMilli();
      // The smallest number is left to stores, to stand for never.
      if (millis == Long.MIN_VALUE) {
        throw new ArithmeticException("it has no number of milliseconds of its own");
      }
      return Instant.ofEpochMilli(millis);
    } catch (ArithmeticException | DateTimeException e) {
      throw new IllegalArgumentException(
          "an alarm time lies within 292 million years of 1970, got " + at, e);
    }
  }
}
