// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Retention;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The moments that are kept without anybody's asking: the ends of seconds, minutes and hours. A
 * moment is a number of seconds since the epoch: the end of the second before it. Immutable.
 */
public final class RetainedMoments {
  private final List<Step> steps;

  /** Which moments are kept, for how long, and since when. */
  private record Step(long seconds, long window, long since) {
    boolean keeps(long moment, long now) {
      return isOf(moment) && now - moment <= window;
    }

    /** Whether it is one that is kept for the window. */
    boolean isOf(long moment) {
      return moment % seconds == 0 && moment >= since;
    }

    /** The first moment that is kept; it may be still to come. */
    long first(long now) {
      return Math.ceilDiv(Math.max(since, now - window), seconds) * seconds;
    }

    /** The same step if nothing had been removed that is within the window. */
    Step whole() {
      return new Step(seconds, window, 0);
    }
  }

  /** Those of a rule. */
  public RetainedMoments(Retention rule) {
    this.steps =
        List.of(
            new Step(1, rule.seconds().toSeconds(), rule.since().seconds()),
            new Step(60, rule.minutes().toSeconds(), rule.since().minutes()),
            new Step(3_600, rule.hours().toSeconds(), rule.since().hours()));
  }

  /** The state at a moment: that at the end of the generation which is returned. */
  public static Generation endOf(long moment) {
    return moment < 1 ? Generation.NONE : Generation.lastOfSecond(moment - 1);
  }

  /**
   * The latest moment of an object not after a time that is kept.
   *
   * @param now the present, or when it must be kept still
   * @throws IllegalArgumentException if none is
   */
  long latest(ObjectRef object, Instant time, Instant now) {
    for (Step step : steps) {
      long moment = Math.floorDiv(time.getEpochSecond(), step.seconds) * step.seconds;
      if (step.keeps(moment, now.getEpochSecond())) {
        return moment;
      }
    }
    throw new IllegalArgumentException(
        "%s: expected a time that is kept, %s"
            .formatted(object, expected(time, now.getEpochSecond())));
  }

  /** Which times are kept, though one before them is not, and why. */
  private String expected(Instant time, long now) {
    long first = first(steps.stream(), now);
    Instant from = Instant.ofEpochSecond(first);
    if (first == first(steps.stream().map(Step::whole), now)) {
      return "of the last %s and from %s on, found %s".formatted(longest(), from, time);
    }
    return "from %s on, found %s: what was there before was removed by a rule that kept less, or while the clock was ahead"
        .formatted(from, time);
  }

  /** Since when there is a moment that is kept for every time. */
  private static long first(Stream<Step> steps, long now) {
    return steps.mapToLong(step -> step.first(now)).min().orElse(now);
  }

  /** Of the moments from one to another, both included, the one that is kept longest. */
  OptionalLong keptLongest(long first, long last, long now) {
    OptionalLong found = OptionalLong.empty();
    for (Step step : steps) {
      long moment = Math.floorDiv(last, step.seconds) * step.seconds;
      if (moment >= first
          && step.keeps(moment, now)
          && (found.isEmpty() || until(moment) > until(found.getAsLong()))) {
        found = OptionalLong.of(moment);
      }
    }
    return found;
  }

  /** The last second in which a moment is kept. */
  long until(long moment) {
    long until = Long.MIN_VALUE;
    for (Step step : steps) {
      if (step.isOf(moment)) {
        until = Math.max(until, moment + step.window);
      }
    }
    return until;
  }

  /** How far back the moments go, in words. */
  private String longest() {
    long seconds = steps.stream().mapToLong(Step::window).max().orElse(0);
    return seconds % 3_600 == 0 ? seconds / 3_600 + " hours" : seconds + " s";
  }

  /** Whether the end of a generation is a moment that is kept. */
  boolean isKept(Generation end, long now) {
    long moment = end.second() + 1;
    return end.equals(Generation.lastOfSecond(end.second()))
        && steps.stream().anyMatch(step -> step.keeps(moment, now));
  }
}
