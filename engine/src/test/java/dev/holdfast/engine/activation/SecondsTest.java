// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecondsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT0.001S, 0.001 s",
    "PT0.2S, 0.2 s",
    "PT1.5S, 1.5 s",
    "PT30S, 30 s",
    "PT15M, 900 s"
  })
  void of_anyDuration_isASecondsNumberWithoutTrailingZeros(Duration duration, String text) {
    assertThat(Seconds.of(duration)).isEqualTo(text);
  }
}
