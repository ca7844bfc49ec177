// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.Bookmark;
import dev.holdfast.engine.history.KeptStates;
import dev.holdfast.store.Generation;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A moment as people write it: a bookmark; a time in ISO 8601, with its offset; or how long ago, in
 * seconds, minutes, hours or days: {@code 90s}, {@code 10m ago}.
 */
final class Moment {
  private static final Pattern AGO = Pattern.compile("(\\d{1,9})\\s*([smhd])(\\s+ago)?");
  private static final Pattern BOOKMARK = Pattern.compile("[0-9a-fA-F]+-[0-9a-fA-F]+");

  private Moment() {}

  /**
   * The generation at whose end a moment is, which is kept.
   *
   * @throws IllegalArgumentException if the text is no moment, or not one that is kept
   */
  static Generation parse(String text, KeptStates states, Instant now) {
    String trimmed = text.trim();
    if (BOOKMARK.matcher(trimmed).matches()) {
      return states.at(Bookmark.parse(trimmed));
    }
    Matcher ago = AGO.matcher(trimmed);
    if (ago.matches()) {
      return states.at(now.minus(span(Long.parseLong(ago.group(1)), ago.group(2))));
    }
    try {
      return states.at(OffsetDateTime.parse(trimmed).toInstant());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "expected a bookmark, a time such as 2026-03-01T12:00:00Z, or how long ago, such as 10m,"
              + " found: "
              + text,
          e);
    }
  }

  private static Duration span(long count, String unit) {
    return switch (unit) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }
}
