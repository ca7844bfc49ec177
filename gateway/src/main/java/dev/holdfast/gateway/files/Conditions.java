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
  private static final Pattern TAG = Pattern.compile("\"[^\"]*\"");

  /** Whether the client has this version: 304 tells it all. */
  boolean clientHasIt() {
    List<String> tags = headers.all("If-None-Match");
    return tags.isEmpty()
        ? headers.first("If-Modified-Since").filter(this::isNotBeforeChange).isPresent()
        : tags.stream().anyMatch(this::names);
  }

  private boolean names(String tags) {
    if (tags.strip().equals("*")) {
      return true;
    }
    Matcher each = TAG.matcher(tags);
    while (each.find()) {
      if (each.group().equals(tag)) {
        return true;
      }
    }
    return false;
  }

  /** Dates have whole seconds. */
  private boolean isNotBeforeChange(String date) {
    Instant since = HttpDate.parse(date);
    return since != null && !modified.truncatedTo(ChronoUnit.SECONDS).isAfter(since);
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
