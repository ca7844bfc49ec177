// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When an object wants to be woken next. An object has one such time, the earliest of its alarms.
 *
 * @param at the time, in milliseconds precision; null for never
 */
public record AlarmTime(@Nullable Instant at) {
  /** Never. */
  public static final AlarmTime NEVER = new AlarmTime(null);

  /** At that time. */
  public static AlarmTime at(Instant at) {
    return new AlarmTime(at);
  }
}
