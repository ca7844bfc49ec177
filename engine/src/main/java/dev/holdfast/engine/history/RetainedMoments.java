// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.store.Generation;
import dev.holdfast.store.Retention;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

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

  /** The latest moment not after a time that is kept; empty if none is. */
  OptionalLong latest(long time, long now) {
    for (Step step : steps) {
      long moment = Math.floorDiv(time, step.seconds) * step.seconds;
      if (step.keeps(moment, now)) {
        return OptionalLong.of(moment);
      }
    }
    return OptionalLong.empty();
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

  /** How far back the moments go. */
  Duration longest() {
    return Duration.ofSeconds(steps.stream().mapToLong(Step::window).max().orElse(0));
  }

  /** Whether the end of a generation is a moment that is kept. */
  boolean isKept(Generation end, long now) {
    long moment = end.second() + 1;
    return end.equals(Generation.lastOfSecond(end.second()))
        && steps.stream().anyMatch(step -> step.keeps(moment, now));
  }
}
