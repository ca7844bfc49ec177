// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times in header fields, RFC 9110 section 5.6.7: one form is written, and three are read. */
final class HttpDate {
  private static final DateTimeFormatter FORMAT = form("EEE, dd MMM uuuu HH:mm:ss 'GMT'");

  /** The form in use, then those that were: of RFC 850, and of C's {@code asctime}. */
  private static final List<DateTimeFormatter> READ =
      List.of(
          FORMAT,
          // Two digits of a year: 1970 to 2069, as no file is older than the times of Unix.
          new DateTimeFormatterBuilder()
              .appendPattern("EEEE, dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
              .appendPattern(" HH:mm:ss 'GMT'")
              .toFormatter(Locale.ENGLISH)
              .withZone(ZoneOffset.UTC),
          form("EEE MMM ppd HH:mm:ss uuuu"));

  private HttpDate() {}

  private static DateTimeFormatter form(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
  }

  static String format(Instant time) {
    return FORMAT.format(time);
  }

  /** Null if it is no such date. */
  static @Nullable Instant parse(String text) {
    for (DateTimeFormatter each : READ) {
      try {
        return each.parse(text.strip(), Instant::from);
      } catch (DateTimeException e) {
        // It may be one of the others.
      }
    }
    return null;
  }
}
