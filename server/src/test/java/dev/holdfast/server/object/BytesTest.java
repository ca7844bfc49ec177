// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1536, 1.5 KiB",
    "1048524, 1023.9 KiB",
    "1048525, 1.0 MiB",
    "1048576, 1.0 MiB",
    "2684354560, 2.5 GiB",
    "1125899906842624, 1024.0 TiB"
  })
  void rounded_is_of_the_unit_that_fits(long bytes, String expected) {
    assertThat(Bytes.rounded(bytes)).isEqualTo(expected);
  }
}
