// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.Bookmark;
import dev.holdfast.store.Generation;
import dev.holdfast.store.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What one object was at the end of each second, and at each of its bookmarks. */
final class HistoryModel {
  /** That of the events. A moment is handed out if it is kept for twice as long. */
  static final Duration WALL_LIMIT = Duration.ofMinutes(5);

  static final long LEAST_KEPT = 2 * WALL_LIMIT.toSeconds();

  private static final long HOUR = 3_600;
  private static final long DAY = 24 * HOUR;
  private static final Duration BOOKMARKS_KEPT = Duration.ofDays(7);

  /**
   * What the object held at a moment.
   *
   * @param digest what the store had of it then
   */
  record Was(HistoryState state, long digest) {}

  /**
   * A bookmark that is good until a time.
   *
   * @param undoes whether it is of the moment right before the object went back
   */
  record Known(Was was, Instant until, boolean undoes) {}

  /**
   * The object is to go back when it is opened next.
   *
   * @param target to what; null if it is to stay as it is
   * @param end when the wish ends
   * @param activation the one that had it
   */
  record Wish(@Nullable Was target, Bookmark undo, Instant end, int activation) {}

  final String name;

  /** The last state of each second in which it changed; absent where that is not known. */
  private final NavigableMap<Long, List<Was>> ends = new TreeMap<>();

  final Map<Bookmark, Known> bookmarks = new LinkedHashMap<>();
  private Was now;
  @Nullable Wish wish;

  /**
   * @param nothing what the store has of an object that is not there
   */
  HistoryModel(String name, long nothing) {
    this.name = name;
    this.now = new Was(new HistoryState(), nothing);
    ends.put(0L, List.of(now));
  }

  Was now() {
    return now;
  }

  /** It is so now. */
  void becomes(Was was, Instant at) {
    now = was;
    ends.put(at.getEpochSecond(), List.of(was));
  }

  /** From that second to the present one it became what it is now. */
  void becameSince(long second, Was was, Instant at) {
    ends.put(second, List.of());
    becomes(was, at);
  }

  /** A bookmark was handed out, or asked for again, which renews it. */
  void handedOut(Bookmark bookmark, Was was, Instant at) {
    Known known = bookmarks.get(bookmark);
    if (known != null && isGood(known, at) && was.digest() != known.was().digest()) {
      throw new AssertionError(bookmark + " of " + name + " stands for two states");
    }
    renewed(bookmark, was, at);
  }

  /** A bookmark is good for the full time from now on. */
  void renewed(Bookmark bookmark, Was was, Instant at) {
    Known known = bookmarks.get(bookmark);
    // The one before all does not end.
    Instant until = bookmark.moment() == 0 ? Instant.MAX : until(at);
    bookmarks.put(bookmark, new Known(was, until, known != null && known.undoes()));
  }

  /** It has gone back, which a bookmark undoes. */
  void wentBack(Bookmark undo, Instant at) {
    bookmarks.put(undo, new Known(now, until(at), true));
  }

  /** Until when a bookmark is good that is handed out now. */
  static Instant until(Instant at) {
    return Instant.ofEpochSecond(at.plus(BOOKMARKS_KEPT).getEpochSecond());
  }

  static boolean isGood(Known known, Instant at) {
    return at.isBefore(known.until);
  }

  List<Bookmark> good(Instant at) {
    return bookmarks.entrySet().stream()
        .filter(entry -> isGood(entry.getValue(), at))
        .map(Map.Entry::getKey)
        .toList();
  }

  Known known(Bookmark bookmark) {
    return Objects.requireNonNull(bookmarks.get(bookmark));
  }

  // ---- the rule

  /** Whether the moment at the end of the second before {@code moment} is kept. */
  private static boolean keeps(long moment, long now) {
    long age = now - moment;
    return age >= 0
        && (age <= HOUR
            || (moment % 60 == 0 && age <= DAY)
            || (moment % HOUR == 0 && age <= 30 * DAY));
  }

  /** The latest moment not after a time that is kept for long enough; -1 if none. */
  static long latestKept(long time, long now) {
    for (long moment = time; moment >= 0 && moment > time - HOUR; moment--) {
      if (keeps(moment, now + LEAST_KEPT)) {
        return moment;
      }
    }
    return -1;
  }

  /** What the object was at a moment; null if that is not known. */
  @Nullable Was at(long moment) {
    List<Was> was = Objects.requireNonNull(ends.floorEntry(moment - 1)).getValue();
    return was.isEmpty() ? null : was.getFirst();
  }

  /** Moments that are kept: the first and the last of each stretch in which it did not change. */
  List<Long> moments(long now) {
    List<Long> moments = new ArrayList<>();
    for (Map.Entry<Long, List<Was>> end : ends.entrySet()) {
      Long next = ends.higherKey(end.getKey());
      moments.addAll(kept(end.getKey() + 1, next == null ? now : next, now));
    }
    return moments;
  }

  private static Set<Long> kept(long from, long to, long now) {
    Set<Long> found = new TreeSet<>();
    long[][] rules = {{1, HOUR}, {60, DAY}, {HOUR, 30 * DAY}};
    for (long[] rule : rules) {
      long first = Math.ceilDiv(Math.max(from, now - rule[1]), rule[0]) * rule[0];
      long last = Math.floorDiv(to, rule[0]) * rule[0];
      if (first <= last) {
        found.add(first);
        found.add(last);
      }
    }
    found.removeIf(moment -> !keeps(moment, now));
    return found;
  }

  static View view(long moment) {
    return View.endOf(Generation.lastOfSecond(moment - 1));
  }
}
