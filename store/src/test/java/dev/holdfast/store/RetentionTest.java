// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final Retention RETENTION =
      new Retention(Duration.ofSeconds(90), Duration.ofMinutes(30), Duration.ofHours(5));

  private static boolean keeps(long from, long superseded, long now) {
    return RETENTION.keeps(Generation.ofSecond(from), Generation.ofSecond(superseded), now);
  }

  /** The rule as it is written, moment by moment. */
  private static boolean seen(long from, long superseded, long now) {
    for (long moment = from + 1; moment <= superseded; moment++) {
      if (moment >= now - 90
          || (moment % 60 == 0 && moment >= now - 30 * 60)
          || (moment % 3600 == 0 && moment >= now - 5 * 3600)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void a_version_is_kept_if_and_only_if_a_retained_moment_sees_it() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      long now = 7200L + random.nextInt(20_000);
      long superseded = Math.max(0, now - random.nextInt(random.nextBoolean() ? 200 : 19_000));
      long from = Math.max(0, superseded - random.nextInt(random.nextBoolean() ? 3 : 4000));
      assertThat(keeps(from, superseded, now))
          .as("from %d until %d at %d, seed %d", from, superseded, now, seed)
          .isEqualTo(seen(from, superseded, now));
    }
  }

  @Test
  void a_version_that_lived_within_one_second_is_seen_by_no_moment() {
    Generation from = Generation.ofSecond(1000);

    assertThat(RETENTION.keeps(from, from.next(), 1000)).isFalse();
    assertThat(RETENTION.keeps(from, Generation.lastOfSecond(1000), 1000)).isFalse();
    assertThat(RETENTION.keeps(from, Generation.ofSecond(1001), 1001)).isTrue();
  }

  @Test
  void the_edge_of_a_window_is_within_it() {
    assertThat(keeps(1000, 1001, 1001 + 90)).isTrue();
    assertThat(keeps(1000, 1001, 1001 + 91)).isFalse();
    assertThat(keeps(1199, 1200, 1200 + 1800)).isTrue();
    assertThat(keeps(1199, 1200, 1200 + 1801)).isFalse();
    assertThat(keeps(3599, 3600, 3600 + 5 * 3600)).isTrue();
    assertThat(keeps(3599, 3600, 3600 + 5 * 3600 + 1)).isFalse();
  }

  @Test
  void all_is_kept_since_the_last_end_of_a_step_that_saw_what_was_removed() {
    Retention.Since since =
        Retention.Since.EVER.without(Generation.ofSecond(1190), Generation.ofSecond(1205));
    assertThat(since).isEqualTo(new Retention.Since(1206, 1201, 0));
    assertThat(since.without(Generation.ofSecond(3500), Generation.ofSecond(3600)))
        .isEqualTo(new Retention.Since(3601, 3601, 3601));
    assertThat(since.without(Generation.ofSecond(1100), Generation.ofSecond(1150)))
        .as("what was there before")
        .isEqualTo(since);
    assertThat(since.without(Generation.ofSecond(2000), Generation.lastOfSecond(2000)))
        .as("what no end of a second saw")
        .isEqualTo(since);
  }

  @Test
  void whoever_keeps_nothing_keeps_nothing() {
    Retention none = new Retention(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    assertThat(none.keeps(Generation.ofSecond(1), Generation.ofSecond(4000), 4001)).isFalse();
    assertThatThrownBy(() -> new Retention(Duration.ofSeconds(-1), Duration.ZERO, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
