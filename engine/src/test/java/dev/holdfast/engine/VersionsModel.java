// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.store.Generation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Which superseded versions a store is to have of an object that is one counter and its bookmarks,
 * by the rule: a version is kept while a moment that is kept, or the moment of a bookmark, sees it.
 */
final class VersionsModel {
  private static final long HOUR = 3_600;
  private static final long DAY = 24 * HOUR;

  /**
   * What was so from the end of a generation on, until another one.
   *
   * @param value of the counter; -1 if it is not that, but is kept about the object
   */
  record Version(Generation from, Generation superseded, long value) {}

  private record Bookmark(Generation at, Instant until, Generation from) {}

  private final List<Version> versions = new ArrayList<>();
  private final List<Bookmark> bookmarks = new ArrayList<>();
  private final List<Bookmark> pins = new ArrayList<>();
  private Generation generation = Generation.NONE;
  private Generation next = Generation.NONE;
  private Generation written = Generation.NONE;

  /** When it was noted last that a bookmark alone was handed out. */
  private Generation noted = Generation.NONE;

  private long value;

  long value() {
    return value;
  }

  private void commit(long second) {
    Generation now = generation.advancedTo(second);
    generation = now.compareTo(next) < 0 ? next : now;
  }

  /** It was incremented so often within one second. */
  void incremented(long times, long second) {
    commit(second);
    if (value > 0 && !written.equals(generation)) {
      versions.add(new Version(written, generation, value));
    }
    written = generation;
    value += times;
  }

  /** A bookmark of the present was handed out; returns which it must be. */
  Generation bookmarked(Instant now) {
    next = written.next();
    commit(now.getEpochSecond());
    for (Bookmark over : bookmarks.stream().filter(one -> !now.isBefore(one.until)).toList()) {
      versions.add(new Version(over.from, generation, -1));
      bookmarks.remove(over);
    }
    if (!noted.equals(Generation.NONE)) {
      versions.add(new Version(noted, generation, -1));
    }
    noted = generation;
    Instant until = Instant.ofEpochSecond(now.plus(Duration.ofDays(7)).getEpochSecond());
    bookmarks.add(new Bookmark(written, until, generation));
    // What it shows is readable for an hour more, and to the next full hour.
    Instant readable = until.plus(Duration.ofHours(2)).truncatedTo(ChronoUnit.HOURS);
    pins.add(new Bookmark(written, readable, generation));
    return written;
  }

  /** Forgets the versions that are not kept any more, and returns the others. */
  List<Version> kept(Instant now) {
    pins.removeIf(pin -> !now.isBefore(pin.until));
    long second = now.getEpochSecond();
    long[] moments = moments(second);
    versions.removeIf(version -> !isSeen(version, moments) && !isPinned(version));
    return versions;
  }

  /** All moments that the rule keeps, the oldest first. */
  private static long[] moments(long now) {
    LongStream.Builder moments = LongStream.builder();
    for (long hour = now - now % HOUR - 30 * DAY; hour < now - DAY; hour += HOUR) {
      if (hour >= now - 30 * DAY) {
        moments.add(hour);
      }
    }
    for (long minute = now - now % 60 - DAY; minute < now - HOUR; minute += 60) {
      if (minute >= now - DAY) {
        moments.add(minute);
      }
    }
    for (long second = now - HOUR; second <= now; second++) {
      moments.add(second);
    }
    return moments.build().toArray();
  }

  /** Whether a moment saw it: the first one after the second in which it came. */
  private static boolean isSeen(Version version, long[] moments) {
    int found = Arrays.binarySearch(moments, version.from.second() + 1);
    int next = found >= 0 ? found : -found - 1;
    return next < moments.length && moments[next] <= version.superseded.second();
  }

  private boolean isPinned(Version version) {
    return pins.stream()
        .anyMatch(
            pin -> pin.at.compareTo(version.from) >= 0 && pin.at.compareTo(version.superseded) < 0);
  }
}
