// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void close_where_a_part_fails_closes_the_others_all_the_same() {
    Parts parts = new Parts();
    AutoCloseable _ = parts.add(() -> closed.add("store"));
    Error broken = new AssertionError("broken");
    AutoCloseable _ =
        parts.add(
            () -> {
              throw broken;
            });
    AutoCloseable _ = parts.add(() -> closed.add("gateway"));

    assertThatThrownBy(parts::close).hasSuppressedException(broken);

    assertThat(closed).containsExactly("gateway", "store");
  }
}
