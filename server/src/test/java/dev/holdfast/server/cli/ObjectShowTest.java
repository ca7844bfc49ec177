// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.ObjectRef;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code holdfast object show}: entries, tables and queries. */
class ObjectShowTest extends ObjectCommandSuite {
  @Test
  void what_an_object_has_stored_is_shown_readably_and_nothing_runs_for_it() {
    vault("a").fill();
    int before = vault("a").instances();
    String shown = object("show", NAMESPACE, "a").ok().out();

    assertThat(shown)
        .contains(
            "Vault/a, id " + vaults().idFromName("a"),
            "\"bytes\"  h'0001ff'",
            "\"circle\"  {\"@type\": \"Circle\", \"radius\": 1152921504606846976}",
            "\"control\\u001b[31m\\n\"  \"a \\\"quoted\\\"\\u0007 \\u202etext\"",
            "\"decimal\"  1234567890123456789.000000000001",
            "\"false\"  false",
            "\"integer\"  123456789012345678901234567890",
            "\"map\"  {\"k\": [1, 2]}",
            "\"nan\"  NaN",
            "\"none\"  null",
            "\"number\"  -9223372036854775808",
            "\"point\"  {\"x\": 1, \"y\": 0.5, \"tags\": [\"a\", \"b\"]}",
            "\"\u00e4\u6f22\ud83d\ude00\"  \"a key beyond ASCII\"",
            "SQL database")
        .containsPattern("table +kinds +1 ")
        .containsPattern("table +odd \"name +5000 ")
        .containsPattern("index +by_i")
        .doesNotContain("\u001b", "\u202e");
    assertThat(shown.lines().mapToInt(String::length)).allMatch(length -> length < 500);
    if (online) {
      assertThat(vault("a").instances()).as("the same instance").isEqualTo(before);
    }
  }

  @Test
  void one_key_is_shown_whole_and_a_prefix_or_a_limit_narrows() {
    vault("a").fill();
    assertThat(object("show", NAMESPACE, "a", "--key", "long text").ok().out())
        .contains("ä".repeat(300_000));
    assertThat(object("show", NAMESPACE, "a", "--prefix=n", "--json").json())
        .extracting(line -> line.path("key").asString(""))
        .containsExactly("", "nan", "none", "number");
    assertThat(object("show", NAMESPACE, "a", "--limit=1").ok().out())
        .contains("the empty key", "there are more: raise --limit")
        .doesNotContain("circle");
    assertThat(object("show", NAMESPACE, "a", "--key=nothing").ok().out()).contains("no such key");
    object("show", NAMESPACE, "a", "--key=a", "--prefix=b").failed(2, "exclude each other");
  }

  @Test
  void a_time_shows_the_last_moment_before_it() {
    long begin = now() - 1_000;
    try (Past past = new Past()) {
      ObjectRef object = past.ref(GONE, "a");
      past.put(object, begin, "n", 1L);
      past.put(object, begin + 500, "n", 2L);
    }
    String time = Instant.ofEpochSecond(begin + 400).toString();
    assertThat(numbers(GONE, "a", "--at", time)).containsExactly(Map.entry("n", 1L));
    assertThat(numbers(GONE, "a", "--at", "10m ago")).containsExactly(Map.entry("n", 1L));
    assertThat(numbers(GONE, "a", "--at", "1s")).containsExactly(Map.entry("n", 2L));
    assertThat(numbers(GONE, "a", "--at", "40m")).isEmpty();
    assertThat(object("show", GONE, "a", "--at", "40m").ok().out())
        .contains("no entries", "no SQL database");
    object("show", GONE, "a", "--at", "40d").failed(2, "expected a time that is kept");
    object("show", GONE, "a", "--at", "2999-01-01T00:00:00Z").failed(2, "a time of the past");
    object("show", GONE, "a", "--at", "yesterday").failed(2, "found: yesterday");
  }

  @Test
  void rows_of_a_query_are_a_table_or_json_now_or_then() {
    vault("a").fill();
    String mark = vault("a").mark();
    vault("a").add(7);
    String query = "SELECT * FROM kinds";
    assertThat(object("show", NAMESPACE, "a", "--sql", query).ok().out())
        .isEqualTo(
            """
            i                    r     t                       b        n
            9223372036854775807  0.25  a \\u001b text of lines  x'0102'  NULL
            """);
    JsonNode row = object("show", NAMESPACE, "a", "--json", "--sql", query).json().getFirst();
    assertThat(row.toString())
        .isEqualTo(
            "{\"i\":9223372036854775807,\"r\":0.25,\"t\":\"a \\u001B text\\nof lines\",\"b\":\"AQI\",\"n\":null}");
    assertThat(object("show", NAMESPACE, "a", "--sql=SELECT v FROM n").ok().out())
        .isEqualTo("v\n7\n");
    object("show", NAMESPACE, "a", "--at", mark, "--sql=SELECT v FROM n")
        .failed(2, "no such table: n");
    assertThat(
            object(
                    "show",
                    NAMESPACE,
                    "a",
                    "--sql=SELECT count(*) c FROM words WHERE w MATCH 'found'")
                .ok()
                .out())
        .isEqualTo("c\n1\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DELETE FROM kinds | expected a query that only reads",
        "WITH x AS (SELECT 1) INSERT INTO kinds(i) SELECT 1 | expected a query that only reads",
        "SELECT 1; DROP TABLE kinds | expected one query, found 2",
        "ATTACH '/tmp/x' AS x | ATTACH is not for an object",
        "VACUUM INTO '/tmp/x' | VACUUM is not for an object",
        "PRAGMA journal_mode=DELETE | PRAGMA journal_mode",
        "PRAGMA user_version=7 | expected a query that only reads",
        "backup to /tmp/x | BACKUP is not for an object",
        "SELECT load_extension('/tmp/x') | load_extension",
        "SELECT zeroblob(1000000000) | too big",
        "SELECT nonsense | no such column",
        "'' | has no statement"
      })
  void a_query_that_is_more_than_a_query_is_refused(String query, String why) {
    vault("a").fill();
    object("show", NAMESPACE, "a", "--sql", query).failed(2, why);
    assertThat(object("show", NAMESPACE, "a", "--sql=SELECT i FROM kinds").ok().out())
        .isEqualTo("i\n9223372036854775807\n");
  }

  @Test
  void an_argument_that_is_too_long_is_refused_at_once() {
    vault("a").add(1);
    String longest = "SELECT 1 AS n  --" + "\u00e4".repeat(32_759);
    assertThat(object("show", NAMESPACE, "a", "--sql", longest).ok().out()).isEqualTo("n\n1\n");
    object("show", NAMESPACE, "a", "--sql", longest + "x")
        .failed(2, "object-query: the argument sql has 65536 bytes, limit 65535");
  }

  @Test
  void a_query_without_end_is_ended_and_rows_without_end_are_cut() {
    vault("a").fill();
    String endless =
        "WITH RECURSIVE c(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM c) SELECT %s FROM c";
    object("show", NAMESPACE, "a", "--seconds=1", "--sql", endless.formatted("count(*)"))
        .failed(1, "ended after 1 s");
    Told cut = object("show", NAMESPACE, "a", "--limit=3", "--sql", endless.formatted("v")).ok();
    assertThat(cut.out()).startsWith("v\n1\n2\n3\n").contains("there are more rows");
    assertThat(
            object(
                    "show",
                    NAMESPACE,
                    "a",
                    "--limit=300000",
                    "--json",
                    "--sql",
                    endless.formatted("v"))
                .ok()
                .out()
                .lines()
                .count())
        .isEqualTo(300_000);
  }
}
