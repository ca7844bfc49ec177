// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.sql.text.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts are taken apart as SQLite takes them apart. */
final class LexerTest {

  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    List<Token> tokens = new ArrayList<>();
    for (Token token = lexer.next(); token != null; token = lexer.next()) {
      tokens.add(token);
    }
    return tokens;
  }

  private static List<String> written(String text) {
    return tokens(text).stream().map(token -> text.substring(token.start(), token.end())).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          select            | WORD  | select
          SELECT            | WORD  | SELECT
          a$1_ä             | WORD  | a$1_ä
          "a b"             | NAME  | a b
          "a""b"            | NAME  | a"b
          `a``b`            | NAME  | a`b
          [a "b]            | NAME  | a "b
          'it''s'           | NAME  | it's
          "not closed       | NAME  | not closed
          'not closed       | NAME  | not closed
          [not closed       | NAME  | not closed
          'doubled at end'' | NAME  | doubled at end'
          x'00ff'           | OTHER | x'00ff'
          X'00FF'           | OTHER | X'00FF'
          12                | OTHER | 12
          1_000             | OTHER | 1_000
          1.5e-7            | OTHER | 1.5e-7
          1E+7              | OTHER | 1E+7
          .5                | OTHER | .5
          0x1F              | OTHER | 0x1F
          ?                 | OTHER | ?
          ?12               | OTHER | ?12
          :name             | OTHER | :name
          @name             | OTHER | @name
          $name             | OTHER | $name
          #name             | OTHER | #name
          $a::b             | OTHER | $a::b
          $a(;')            | OTHER | $a(;')
          :a::b(x)          | OTHER | :a::b(x)
          ;                 | MARK  | ;
          (                 | MARK  | (
          !                 | MARK  | !
          """)
  void one_token(String text, Kind kind, String read) {
    assertThat(tokens(text)).containsExactly(new Token(kind, read, 0, text.length()));
  }

  @Test
  void a_token_ends_where_another_kind_begins() {
    assertThat(written("a.b")).containsExactly("a", ".", "b");
    assertThat(written("a=1or b")).containsExactly("a", "=", "1or", "b");
    assertThat(written("0x1e+1")).containsExactly("0x1e", "+", "1");
    assertThat(written("?1or")).containsExactly("?1", "or");
    assertThat(written("?or")).containsExactly("?", "or");
    assertThat(written("$a(b c)")).containsExactly("$a(b", "c", ")");
    assertThat(written("$(a)")).containsExactly("$", "(", "a", ")");
    assertThat(written("$a:b")).containsExactly("$a", ":b");
    assertThat(written("x 'a'")).containsExactly("x", "'a'");
    assertThat(written("'a'\"b\"`c`[d]")).containsExactly("'a'", "\"b\"", "`c`", "[d]");
    assertThat(written("a||b")).containsExactly("a", "|", "|", "b");
    assertThat(written("a->>'$'")).containsExactly("a", "-", ">", ">", "'$'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        " a b ",
        "a\tb",
        "a\nb",
        "a\u000bb",
        "a\fb",
        "a\rb",
        "a\r\nb",
        "a--b\nb",
        "a -- b ' \" [ ; /*\nb",
        "a/**/b",
        "a/* ' \" [ ; -- */b",
        "a/*/ b */b",
        "a/***/b",
        "\ufeffa b",
        "a b--",
        "a b /*",
        "a b /* c",
        "a b -- c"
      })
  void blanks_and_comments_are_no_tokens(String text) {
    assertThat(written(text)).containsExactly("a", "b");
  }

  @Test
  void a_comment_of_a_line_ends_with_the_line_feed_alone() {
    assertThat(written("a -- b\rc\nd")).containsExactly("a", "d");
  }

  @Test
  void comments_within_quotes_are_none() {
    assertThat(written("'--' \"/*\" [--] `/*`")).containsExactly("'--'", "\"/*\"", "[--]", "`/*`");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "--", "-- a", "/*", "/**/", "/* a */ -- b", "\ufeff"})
  void nothing_is_no_token(String text) {
    assertThat(tokens(text)).isEmpty();
  }
}
