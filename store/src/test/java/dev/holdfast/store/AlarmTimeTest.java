// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AlarmTimeTest {

  @Test
  void a_time_is_rounded_up_to_whole_milliseconds() {
    Instant whole = Instant.ofEpochMilli(1_234_567);

    assertThat(AlarmTime.at(whole).at()).isEqualTo(whole);
    assertThat(AlarmTime.at(whole.plusNanos(1)).at()).isEqualTo(whole.plusMillis(1));
    assertThat(AlarmTime.at(whole.plusNanos(999_999)).at()).isEqualTo(whole.plusMillis(1));
    assertThat(AlarmTime.at(Instant.ofEpochMilli(-5).plusNanos(1)).at())
        .isEqualTo(Instant.ofEpochMilli(-4));
    assertThat(AlarmTime.NEVER.at()).isNull();
  }

  @Test
  void a_time_that_milliseconds_cannot_tell_is_refused() {
    assertThat(AlarmTime.at(Instant.ofEpochMilli(Long.MAX_VALUE)).at())
        .isEqualTo(Instant.ofEpochMilli(Long.MAX_VALUE));
    Instant first = Instant.ofEpochMilli(Long.MIN_VALUE);
    assertThat(AlarmTime.at(first.plusMillis(1)).at()).isEqualTo(first.plusMillis(1));
    for (Instant at : new Instant[] {Instant.MAX, Instant.MIN, first}) {
      assertThatThrownBy(() -> AlarmTime.at(at))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(at.toString());
    }
  }
}
