// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import dev.holdfast.Headers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about the version of a file that its client has, RFC 9110 section 13.
 * Immutable.
 *
 * @param headers those of the request
 * @param tag of the file, as it is now
 * @param modified when it was changed last
 */
record Conditions(Headers headers, String tag, Instant modified) {
  private static final String WEAK = "W/";
  private static final Pattern TAG = Pattern.compile("(?:" + WEAK + ")?(\"[^\"]*\")");

  /** Whether the client wants another version or none: 412 tells it. Comes before the others. */
  boolean clientWantsAnother() {
    List<String> tags = headers.all("If-Match");
    if (!tags.isEmpty()) {
      return tags.stream().noneMatch(each -> names(each, false));
    }
    return headers
        .first("If-Unmodified-Since")
        .map(HttpDate::parse)
        .filter(this::isBeforeChange)
        .isPresent();
  }

  /** Whether the client has this version: 304 tells it all. */
  boolean clientHasIt() {
    List<String> tags = headers.all("If-None-Match");
    if (!tags.isEmpty()) {
      return tags.stream().anyMatch(each -> names(each, true));
    }
    return headers
        .first("If-Modified-Since")
        .map(HttpDate::parse)
        .filter(since -> !isBeforeChange(since))
        .isPresent();
  }

  /**
   * @param weakly whether a tag also counts if the client knows it as a weak one
   */
  private boolean names(String tags, boolean weakly) {
    if (tags.strip().equals("*")) {
      return true;
    }
    Matcher each = TAG.matcher(tags);
    while (each.find()) {
      if (each.group(1).equals(tag) && (weakly || !each.group().startsWith(WEAK))) {
        return true;
      }
    }
    return false;
  }

  /** Dates have whole seconds. */
  private boolean isBeforeChange(Instant date) {
    return date.isBefore(modified.truncatedTo(ChronoUnit.SECONDS));
  }

  /**
   * The range that is asked for; null if the whole file is. A client that has a part of a certain
   * version names that by its tag: a date does not do, as there may be two versions in a second.
   */
  @Nullable String range() {
    List<String> ranges = headers.all("Range");
    if (ranges.size() != 1) {
      return null;
    }
    return headers.first("If-Range").filter(version -> !version.strip().equals(tag)).isPresent()
        ? null
        : ranges.getFirst();
  }
}
