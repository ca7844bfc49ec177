// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTest {

  @Test
  void parse_absolute_splits_into_parts() {
    Url url = Url.parse("https://example.org:8443/a/b?x=1");
    assertThat(url.scheme()).isEqualTo("https");
    assertThat(url.authority()).isEqualTo("example.org:8443");
    assertThat(url.path()).isEqualTo("/a/b");
    assertThat(url.rawQuery()).isEqualTo("x=1");
    assertThat(url).hasToString("https://example.org:8443/a/b?x=1");
  }

  @Test
  void parse_path_is_on_localhost() {
    assertThat(Url.parse("/a")).hasToString("http://localhost/a");
  }

  @ParameterizedTest
  @CsvSource({
    "http://host, host, /, ''",
    "http://host?x=1, host, /, x=1",
    "http://host#part, host, /, ''",
    "http://host/?a://b, host, /, a://b",
    "http://host/a#part?x, host, /a, ''",
  })
  void parse_absolute_without_path(String text, String authority, String path, String query) {
    Url url = Url.parse(text);
    assertThat(url.authority()).isEqualTo(authority);
    assertThat(url.path()).isEqualTo(path);
    assertThat(url.rawQuery()).isEqualTo(query);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a%",
        "/a%2",
        "/a%2/b",
        "/%zz",
        "/%\u0661\u0661",
        "/%+1",
        "/%ff",
        "/%c3",
        "/%c3/%a9",
        "/a?x=%",
        "/a?x=%ff",
        "/a?%fe=1",
        "relative",
        "",
        "*",
        "://x/"
      })
  void parse_bad_text_throws(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Url.parse(text));
  }

  @Test
  void segments_are_decoded_after_the_split() {
    Url url = Url.parse("/counters/a%2Fb/%C3%A9//x+y/");
    assertThat(url.segments()).containsExactly("counters", "a/b", "é", "", "x+y", "");
    assertThat(url.segment(1)).isEqualTo("a/b");
    assertThat(url.segment(6)).isEmpty();
    assertThat(url.segment(-1)).isEmpty();
    assertThat(Url.parse("/").segments()).isEmpty();
  }

  @Test
  void query_gives_the_first_value_decoded() {
    Url url = Url.parse("/?a=1&a=2&b=x+y%2Bz&c&%C3%A9=%26&&d=e=f");
    assertThat(url.query("a")).hasValue("1");
    assertThat(url.query("b")).hasValue("x y+z");
    assertThat(url.query("c")).hasValue("");
    assertThat(url.query("é")).hasValue("&");
    assertThat(url.query("d")).hasValue("e=f");
    assertThat(url.query("z")).isEmpty();
    assertThat(url.query("")).isEmpty();
  }

  @Test
  void equal_parts_are_equal_urls() {
    assertThat(Url.parse("http://h/a?b")).isEqualTo(Url.of("http", "h", "/a?b"));
    assertThat(Url.parse("http://h/a?b")).hasSameHashCodeAs(Url.of("http", "h", "/a?b"));
    assertThat(Url.parse("http://h/a")).isNotEqualTo(Url.parse("http://h/a?b"));
  }
}
