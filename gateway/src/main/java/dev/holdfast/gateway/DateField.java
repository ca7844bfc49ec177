// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.util.AsciiString;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The value of the Date header, which has seconds: printed once a second instead of once an answer.
 * Thread-safe; a race only prints it twice.
 */
final class DateField {
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final InstantSource clock;
  private volatile Printed printed;

  DateField(InstantSource clock) {
    this.clock = clock;
    this.printed = print(System.nanoTime());
  }

  /** The value at {@code now} by {@link System#nanoTime}. */
  AsciiString at(long now) {
    Printed known = printed;
    if (now - known.nanos >= SECOND_NANOS) {
      known = print(now);
      printed = known;
    }
    return known.text;
  }

  private Printed print(long now) {
    return new Printed(now, AsciiString.of(IMF_FIXDATE.format(clock.instant())));
  }

  private record Printed(long nanos, AsciiString text) {}
}
