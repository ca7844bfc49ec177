// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as messages say them: {@code 30 s}, {@code 0.2 s}. */
final class Seconds {
  private Seconds() {}

  static String of(Duration duration) {
    BigDecimal seconds =
        BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9));
    // Zeros before the point are stripped too, and come back in plain notation.
    return seconds.stripTrailingZeros().toPlainString() + " s";
  }
}
