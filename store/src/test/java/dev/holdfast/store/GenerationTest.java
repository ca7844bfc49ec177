// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GenerationTest {
  private static final long SECOND = 1_800_000_000L;

  @Test
  void a_second_and_a_counter_come_back_as_they_were() {
    Generation generation = Generation.ofSecond(SECOND).next().next();

    assertThat(generation.second()).isEqualTo(SECOND);
    assertThat(generation.counter()).isEqualTo(2);
    assertThat(new Generation(generation.packed())).isEqualTo(generation);
    assertThat(generation).hasToString(SECOND + ".2");
  }

  @Test
  void generations_are_ordered_by_second_then_counter() {
    assertThat(
            new Generation[] {
              Generation.NONE,
              Generation.ofSecond(SECOND),
              Generation.ofSecond(SECOND).next(),
              Generation.lastOfSecond(SECOND),
              Generation.ofSecond(SECOND + 1)
            })
        .isSorted();
  }

  @Test
  void the_last_of_a_second_is_followed_by_the_first_of_the_next() {
    Generation last = Generation.lastOfSecond(SECOND);

    assertThat(last.second()).isEqualTo(SECOND);
    assertThat(last.next()).isEqualTo(Generation.ofSecond(SECOND + 1));
  }

  @Test
  void advancedTo_begins_a_generation_in_a_later_second_and_never_goes_back() {
    Generation generation = Generation.ofSecond(SECOND).next();

    assertThat(generation.advancedTo(SECOND + 1)).isEqualTo(Generation.ofSecond(SECOND + 1));
    assertThat(generation.advancedTo(SECOND)).isEqualTo(generation);
    assertThat(generation.advancedTo(SECOND - 100)).isEqualTo(generation);
    assertThat(Generation.NONE.advancedTo(SECOND)).isEqualTo(Generation.ofSecond(SECOND));
  }

  @Test
  void seconds_out_of_range_are_refused() {
    long max = (1L << 39) - 1;
    assertThat(Generation.ofSecond(max).second()).isEqualTo(max);
    assertThat(Generation.lastOfSecond(max).packed()).isEqualTo(Long.MAX_VALUE);
    for (long second : new long[] {-1, max + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> Generation.ofSecond(second))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("" + second);
    }
    assertThatThrownBy(() -> new Generation(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
