// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void theMedianIsInTheMiddle_inWhateverOrderTheyCame() {
    Samples odd = Samples.of(9, 1, 2);
    assertThat(odd.median()).isEqualTo(2);
    assertThat(odd.least()).isEqualTo(1);
    assertThat(odd.most()).isEqualTo(9);
    assertThat(Samples.of(4, 1, 2, 100).median()).isEqualTo(3);
  }

  @Test
  void theMedianIsHeldAgainstTheBudget() {
    assertThat(Samples.of(1, 600, 5_000).atMost(600, "ms")).isEqualTo("≤ 600 ms: met");
    assertThat(Samples.of(1, 600.1, 5_000).atMost(600, "ms")).isEqualTo("≤ 600 ms: missed");
  }

  @Test
  void whatWasNeverMeasured_isRefused() {
    assertThatThrownBy(Samples::of).isInstanceOf(IllegalArgumentException.class);
  }
}
