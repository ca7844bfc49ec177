// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import java.util.List;
import java.util.Locale;

/** Numbers of bytes as people read them. */
final class Bytes {
  private static final List<String> UNITS = List.of("KiB", "MiB", "GiB", "TiB");
  private static final int STEP = 1024;

  private Bytes() {}

  /**
   * Rounded to a tenth of the unit: {@code 512 B}, {@code 1.5 KiB}. Below 1 PiB, ten characters at
   * most.
   */
  static String rounded(long bytes) {
    if (bytes < STEP) {
      return bytes + " B";
    }
    int unit = 0;
    double amount = (double) bytes / STEP;
    // What would be printed as 1024.0 is 1.0 of the next unit.
    while (amount >= STEP - 0.05 && unit + 1 < UNITS.size()) {
      amount /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", amount, UNITS.get(unit));
  }

  /** All digits: {@code 1,234,567 bytes}. */
  static String exact(long bytes) {
    return String.format(Locale.ROOT, "%,d bytes", bytes);
  }
}
