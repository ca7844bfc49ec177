// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.time.Duration;

/**
 * Which moments of the past stay readable, besides the pinned ones: the end of every second for a
 * while, of every minute for longer, of every hour for longest. Immutable.
 *
 * <p>The second {@code s} ends at the moment {@code s + 1}; a view of that moment is one at the end
 * of {@link Generation#lastOfSecond}{@code (s)}. A moment is retained while it is no further back
 * than the window of a step that it is a multiple of, and not before {@link #since} of that step.
 *
 * <p>A superseded version is visible from the end of the generation {@code from} in which it was
 * written, until the end of the last one before {@code superseded}. It may be removed when no
 * retained moment and no pinned generation lies there.
 *
 * @param seconds how far back every second is kept
 * @param minutes how far back every minute is kept
 * @param hours how far back every hour is kept
 * @param since what is left of the past after what was removed
 */
public record Retention(Duration seconds, Duration minutes, Duration hours, Since since) {
  /**
   * The seconds since the epoch before which not every end of a second, of a minute and of an hour
   * is kept, whatever the windows say: versions that were seen there have been removed, and do not
   * come back. As long as one rule is in force and the clock is right, that lies before its windows
   * anyway; not if a rule that kept less was in force, or the clock was ahead when they were
   * removed. 0 where nothing was.
   */
  public record Since(long seconds, long minutes, long hours) {
    /** Nothing was removed. */
    public static final Since EVER = new Since(0, 0, 0);

    /**
     * Since when all is kept once a version is removed as well: since the last end of a step that
     * saw it.
     *
     * @param from the generation in which the version was written
     * @param superseded the generation that replaced or removed it
     */
    public Since without(Generation from, Generation superseded) {
      long first = from.second();
      long last = superseded.second();
      return new Since(
          after(seconds, first, last, 1),
          after(minutes, first, last, 60),
          after(hours, first, last, 3600));
    }

    private static long after(long before, long first, long last, long step) {
      long end = last / step * step;
      return end > first ? Math.max(before, end + 1) : before;
    }
  }

  /** A rule by which nothing was removed yet, nor by another. */
  public Retention(Duration seconds, Duration minutes, Duration hours) {
    this(seconds, minutes, hours, Since.EVER);
  }

  public Retention {
    if (seconds.isNegative() || minutes.isNegative() || hours.isNegative()) {
      throw new IllegalArgumentException(
          "history is kept for a while, not for %s, %s, %s".formatted(seconds, minutes, hours));
    }
  }

  /** One hour, one day, thirty days. */
  public static final Retention DEFAULT =
      new Retention(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(30));

  /**
   * This rule, in force from a moment on in the place of another. Where it keeps more, what the
   * other has removed is guessed by the clock: all that was beyond its window then. {@link
   * Since#without} knows that exactly, of every version as it is removed; the guess is for data
   * from which versions were removed before that was noted. It may say too much, if nothing was
   * removed or the clock is ahead, and too little, if the clock was ahead when something was.
   *
   * @param former the rule by which versions were removed until then
   * @param nowSecond the moment, in seconds since the epoch
   */
  public Retention after(Retention former, long nowSecond) {
    return new Retention(
        seconds,
        minutes,
        hours,
        new Since(
            since(former.since.seconds, former.seconds, seconds, nowSecond),
            since(former.since.minutes, former.minutes, minutes, nowSecond),
            since(former.since.hours, former.hours, hours, nowSecond)));
  }

  /** The same windows, and that is left of the past. */
  public Retention with(Since left) {
    return new Retention(seconds, minutes, hours, left);
  }

  private static long since(long before, Duration former, Duration window, long nowSecond) {
    return former.compareTo(window) < 0 ? Math.max(before, nowSecond - former.toSeconds()) : before;
  }

  /**
   * Whether a retained moment sees a version; pins are not considered.
   *
   * @param from the generation in which the version was written
   * @param superseded the generation that replaced or removed it
   * @param nowSecond the present, in seconds since the epoch
   */
  public boolean keeps(Generation from, Generation superseded, long nowSecond) {
    long first = from.second();
    long last = superseded.second();
    return sees(first, last, nowSecond - seconds.toSeconds(), 1)
        || sees(first, last, nowSecond - minutes.toSeconds(), 60)
        || sees(first, last, nowSecond - hours.toSeconds(), 3600);
  }

  /**
   * Whether the end of some step at or after {@code oldest} saw it. The end of a step is the start
   * of the next one; a version is seen there if it was written before and superseded at or after.
   */
  private static boolean sees(long first, long last, long oldest, long step) {
    long earliest = Math.max(first + 1, oldest);
    long end = Math.ceilDiv(earliest, step) * step;
    return end <= last;
  }
}
