// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {

  @Test
  void names_are_compared_without_case_and_order_is_kept() {
    Headers headers = Headers.of("Set-Cookie", "a=1").with("X-B", "2").with("set-cookie", "c=3");
    assertThat(headers.first("SET-COOKIE")).hasValue("a=1");
    assertThat(headers.all("Set-Cookie")).containsExactly("a=1", "c=3");
    assertThat(headers.first("absent")).isEmpty();
    assertThat(headers.size()).isEqualTo(3);
    List<String> seen = new ArrayList<>();
    headers.forEach((name, value) -> seen.add(name + "=" + value));
    assertThat(seen).containsExactly("Set-Cookie=a=1", "X-B=2", "set-cookie=c=3");
  }

  @Test
  void equality_does_not_regard_the_case_of_names() {
    assertThat(Headers.of("Content-Type", "a")).isEqualTo(Headers.of("content-type", "a"));
    assertThat(Headers.of("Content-Type", "a")).hasSameHashCodeAs(Headers.of("content-type", "a"));
    assertThat(Headers.of("Content-Type", "a")).isNotEqualTo(Headers.of("Content-Type", "A"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a:", "a\r\n", "é", "a\u0000", "(x)"})
  void with_bad_name_throws(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> Headers.of(name, "v"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\rb", "\u0000", "\u007f", "\u010d\u010a", "€"})
  void with_bad_value_throws(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Headers.of("X", value))
        .withMessageContaining("header X");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\tb", "é", "ÿ", "plain text"})
  void with_good_value_keeps_it(String value) {
    assertThat(Headers.of("X", value).first("x")).hasValue(value);
  }

  @Test
  void ofAll_checks_what_with_checks() {
    assertThat(Headers.ofAll(List.of("A", "1", "B", "2")).first("b")).hasValue("2");
    assertThat(Headers.ofAll(List.of())).isEqualTo(Headers.empty());
    assertThatIllegalArgumentException().isThrownBy(() -> Headers.ofAll(List.of("A")));
    assertThatIllegalArgumentException().isThrownBy(() -> Headers.ofAll(List.of("A", "1\r\n")));
  }
}
