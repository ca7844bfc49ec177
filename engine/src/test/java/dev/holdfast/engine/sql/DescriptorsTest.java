// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many databases may be open follows how many files may be. */
final class DescriptorsTest {

  @ParameterizedTest
  @CsvSource({
    "256, 100",
    "1024, 128",
    "20000, 2500",
    "1048576, 4000",
    "9223372036854775807, 4000",
    "unlimited, 512",
  })
  void an_eighth_of_the_files_are_for_databases_between_two_bounds(String files, int databases) {
    List<String> limits =
        List.of(
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             96226                96226                processes ",
            "Max open files            %-20s 1048576              files     ".formatted(files),
            "Max locked memory         8388608              8388608              bytes     ");
    assertThat(Descriptors.databases(limits)).isEqualTo(databases);
  }

  @ParameterizedTest
  @CsvSource({"512"})
  void where_nothing_tells_there_are_some(int databases) {
    assertThat(Descriptors.databases(List.of())).isEqualTo(databases);
  }
}
