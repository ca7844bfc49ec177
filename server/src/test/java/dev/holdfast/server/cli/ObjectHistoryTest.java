// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Retention;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code holdfast object history}, {@code restore} and {@code fork}. */
class ObjectHistoryTest extends ObjectCommandSuite {
  // ---------------------------------------------------------------- history

  @Test
  void each_state_in_the_history_can_be_shown_by_its_bookmark_and_paging_tells_all_once() {
    long begin = now() - 3_000;
    List<Long> states = new ArrayList<>();
    try (Past past = new Past()) {
      ObjectRef object = past.ref(GONE, "a");
      for (long i = 0; i < 25; i++) {
        past.put(object, begin + 100 * i, "n", i);
        past.put(past.ref(GONE, "neighbour"), begin + 100 * i, "n", -i);
        states.addFirst(i);
      }
    }
    List<JsonNode> all = object("history", GONE, "a", "--json").json();
    assertThat(all).hasSize(25);
    assertThat(all.getFirst().get("present").asBoolean()).isTrue();
    List<Long> shown = new ArrayList<>();
    for (JsonNode state : all.subList(0, 5)) {
      String bookmark = state.get("bookmark").asString();
      shown.add(numbers(GONE, "a", "--at", bookmark).get("n"));
    }
    assertThat(shown).isEqualTo(states.subList(0, 5));
    assertThat(Instant.parse(all.getLast().get("since").asString()).getEpochSecond())
        .isEqualTo(begin);

    List<String> paged = new ArrayList<>();
    String[] page = {"history", GONE, "a", "--json", "--limit=7"};
    List<JsonNode> rows = object(page).json();
    while (!rows.isEmpty()) {
      rows.forEach(row -> paged.add(row.get("bookmark").asString()));
      page =
          new String[] {"history", GONE, "a", "--json", "--limit=7", "--before=" + paged.getLast()};
      rows = object(page).json();
    }
    assertThat(paged).isEqualTo(all.stream().map(row -> row.get("bookmark").asString()).toList());
    assertThat(object("history", GONE, "a", "--limit=2").ok().out())
        .contains("(present)", "moment", "go on with --before " + paged.get(1));
  }

  @Test
  void a_state_of_this_second_is_listed_and_its_bookmark_is_good_at_once() {
    for (String name : List.of("shown", "forked", "back")) {
      vault(name).add(1);
      String bookmark = latest(NAMESPACE, name);
      switch (name) {
        case "shown" ->
            assertThat(numbers(NAMESPACE, name, "--at", bookmark))
                .containsExactly(Map.entry("n:1", 1L));
        case "forked" -> object("fork", NAMESPACE, name, "copy", "--at", bookmark).ok();
        default -> object("restore", NAMESPACE, name, "--to", bookmark).ok();
      }
    }
    for (String name : List.of("shown", "forked", "copy", "back")) {
      assertThat(vault(name).state()).as(name).isEqualTo("[1]");
    }
  }

  @Test
  void a_state_of_this_second_is_listed_also_of_objects_without_a_class() {
    stop();
    try (Past past = new Past()) {
      for (String name : List.of("shown", "forked", "back")) {
        past.put(past.ref(GONE, name), now(), "n", 1L);
      }
    }
    String shown = latest(GONE, "shown");
    assertThat(numbers(GONE, "shown", "--at", shown)).containsExactly(Map.entry("n", 1L));
    object("fork", GONE, "forked", "copy", "--at", latest(GONE, "forked")).ok();
    object("restore", GONE, "back", "--to", latest(GONE, "back")).ok();
    for (String name : List.of("forked", "copy", "back")) {
      assertThat(numbers(GONE, name)).as(name).containsExactly(Map.entry("n", 1L));
    }
  }

  /** The bookmark of the state that is listed first. */
  private String latest(String namespace, String name) {
    JsonNode first = object("history", namespace, name, "--json").json().getFirst();
    assertThat(first.get("present").asBoolean()).isTrue();
    return first.get("bookmark").asString();
  }

  @Test
  void what_another_rule_let_go_is_neither_shown_nor_gone_back_to() {
    Duration second = Duration.ofSeconds(1);
    Retention narrow = new Retention(second, second, second);
    try (Past past = new Past(RocksStoreOptions.defaults().withRetention(narrow))) {
      ObjectRef object = past.ref(GONE, "a");
      past.put(object, now() - 300, "n", 1L);
      past.put(object, now() - 200, "n", 2L);
      past.prune();
    }
    object("show", GONE, "a", "--at=250s")
        .failed(2, "expected a time that is kept, from ", "removed by a rule that kept less");
    object("restore", GONE, "a", "--to=250s").failed(2, "expected a time that is kept");
    object("fork", GONE, "a", "b", "--at=250s").failed(2, "expected a time that is kept");
    assertThat(object("history", GONE, "a", "--json").json()).hasSize(1);
    assertThat(numbers(GONE, "a")).containsExactly(Map.entry("n", 2L));
  }

  @Test
  void a_bookmark_that_code_was_given_is_listed_with_its_time() {
    vault("a").add(1);
    String mark = vault("a").mark();
    vault("a").add(2);

    List<JsonNode> rows =
        object("history", NAMESPACE, "a", "--json").json().stream()
            .filter(row -> row.get("bookmark").asString().equals(mark))
            .toList();
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().get("handedOut").asBoolean()).isTrue();
    assertThat(Instant.parse(rows.getFirst().get("keptUntil").asString()))
        .isBetween(Instant.now().plusSeconds(6 * 86_400), Instant.now().plusSeconds(8 * 86_400));
    assertThat(numbers(NAMESPACE, "a", "--at", mark)).containsExactly(Map.entry("n:1", 1L));
  }

  // ---------------------------------------------------------------- restore and fork

  @Test
  void an_object_goes_back_and_the_bookmark_that_is_told_undoes_it() {
    vault("a").add(1);
    vault("b").add(1);
    String mark = vault("a").mark();
    vault("a").add(2);

    String told = object("restore", NAMESPACE, "a", "--to", mark).ok().out();
    assertThat(numbers(NAMESPACE, "a").keySet()).as("at once").containsExactly("n:1");
    assertThat(vault("a").state()).isEqualTo("[1]");
    assertThat(vault("b").state()).isEqualTo("[1]");

    String undo = told.substring(told.indexOf("--to ") + 5).trim();
    JsonNode again = object("restore", NAMESPACE, "a", "--json", "--to", undo).json().getFirst();
    assertThat(vault("a").state()).isEqualTo("[1, 2]");
    object("restore", NAMESPACE, "a", "--to", again.get("undo").asString()).ok();
    assertThat(vault("a").state()).isEqualTo("[1]");
  }

  @Test
  void objects_without_a_class_go_back_and_are_forked_too() {
    long begin = now() - 600;
    try (Past past = new Past()) {
      ObjectRef object = past.ref(GONE, "a");
      past.put(object, begin, "n", 1L);
      past.put(object, begin + 100, "n", 2L);
      past.put(object, begin + 200, "m", 3L);
    }
    String time = Instant.ofEpochSecond(begin + 50).toString();
    object("fork", GONE, "a", "copy", "--at", time).ok();
    object("fork", GONE, "a", "present").ok();
    object("restore", GONE, "a", "--to", time).ok();
    assertThat(numbers(GONE, "a")).containsExactly(Map.entry("n", 1L));
    assertThat(numbers(GONE, "copy")).containsExactly(Map.entry("n", 1L));
    assertThat(numbers(GONE, "present")).containsExactly(Map.entry("m", 3L), Map.entry("n", 2L));
    assertThat(names(object("list", GONE, "--prefix=", "--json")))
        .containsExactly("a", "copy", "present");
  }

  @Test
  void a_fork_begins_as_the_other_was_and_the_other_does_not_notice() {
    vault("a").add(1);
    String mark = vault("a").mark();
    vault("a").add(2);
    int before = vault("a").instances();

    assertThat(object("fork", NAMESPACE, "a", "copy", "--at", mark).ok().out())
        .contains("Vault/copy, id " + vaults().idFromName("copy"));
    object("fork", NAMESPACE, "a", "now").ok();
    if (online) {
      assertThat(vault("a").instances()).isEqualTo(before);
    }
    assertThat(vault("copy").state()).isEqualTo("[1]");
    assertThat(vault("now").state()).isEqualTo("[1, 2]");
    vault("copy").add(3);
    object("fork", NAMESPACE, "a", "copy", "--at", mark).failed(1, "Vault/copy exists already");
    assertThat(vault("copy").state()).isEqualTo("[1, 3]");
    assertThat(vault("a").state()).isEqualTo("[1, 2]");
  }

  @Test
  void what_cannot_be_done_is_said_and_changes_nothing() {
    vault("a").add(1);
    vault("b").add(1);
    String foreign = vault("b").mark();
    String old =
        Bookmark.of(Generation.lastOfSecond(now() - 40 * 86_400).packed(), vaults().idFromName("a"))
            .toString();
    for (String verb : List.of("show", "restore", "fork", "export", "history")) {
      List<String> rest =
          switch (verb) {
            case "restore" -> List.of("--to", old);
            case "fork" -> List.of("c", "--at", old);
            case "export" -> List.of("--at", old, "--to", folder.resolve("x").toString());
            case "history" -> List.of();
            default -> List.of("--at", old);
          };
      if (!rest.isEmpty()) {
        object(args(verb, "a", rest)).failed(2, "Vault/a: the state at the bookmark", "not kept");
        object(args(verb, "a", rest.stream().map(arg -> arg.equals(old) ? foreign : arg).toList()))
            .failed(2, "expected one of its bookmarks, found one of another object");
      }
      object(args(verb, "nobody", rest)).failed(1, "there is no object nobody");
    }
    object("history", NAMESPACE, "a", "--before", foreign).failed(2, "of another object");
    object("restore", NAMESPACE, "a", "--to=now").failed(2, "expected a bookmark, a time");
    object("show", NAMESPACE, "id:" + "0".repeat(64)).failed(2, "is not valid for namespace");
    object("show", NAMESPACE, "0".repeat(64)).failed(1, "there is no object 0000");
    object("show", NAMESPACE, "a", "--limit=0").failed(2, "limit: expected a number from 1");
    object("restore", NAMESPACE, "a").failed(2, "--to=MOMENT");
    assertThat(folder.resolve("x")).doesNotExist();
    assertThat(vault("a").state()).isEqualTo("[1]");
    assertThat(vault("b").state()).isEqualTo("[1]");
    assertThat(names(object("list", NAMESPACE, "--prefix=", "--json"))).containsExactly("a", "b");
  }

  private static String[] args(String verb, String name, List<String> rest) {
    return Stream.concat(Stream.of(verb, NAMESPACE, name), rest.stream()).toArray(String[]::new);
  }

  @Test
  void an_object_that_is_called_all_the_time_goes_back_between_two_calls() {
    vault("a").add(0);
    String mark = vault("a").mark();
    Vault vault = vault("a");
    try (Meanwhile _ =
        new Meanwhile(
            added -> {
              vault.add(added);
              assertThat(vault.state()).as("entries are the rows").startsWith("[0");
            })) {
      for (int i = 0; i < 5; i++) {
        object("restore", NAMESPACE, "a", "--to", mark).ok();
      }
    }
    object("restore", NAMESPACE, "a", "--to", mark).ok();
    assertThat(vault("a").state()).isEqualTo("[0]");
  }
}
