// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectId;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code holdfast object delete}. */
class ObjectDeleteTest extends ObjectCommandSuite {

  private long bytes(String namespace, String name) {
    return object("list", namespace, "--prefix=" + name, "--json")
        .json()
        .getFirst()
        .get("bytes")
        .asLong();
  }

  private static String exact(long bytes) {
    return String.format(Locale.ROOT, "%,d bytes", bytes);
  }

  private List<Path> scratchFiles(ObjectId id) throws IOException {
    try (Stream<Path> files = Files.walk(data().resolve("scratch"))) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith(id.toString()))
          .toList();
    }
  }

  /** A run at a terminal where somebody gives an answer, and that notes what was asked. */
  private static CommandRun answering(List<String> asked, @Nullable String answer) {
    CommandRun run = new CommandRun();
    run.terminal =
        question -> {
          asked.add(question);
          return answer;
        };
    return run;
  }

  @Test
  void an_object_is_deleted_with_its_past_and_what_it_had_is_told() throws Exception {
    vault("a").fill();
    String mark = vault("a").mark();
    vault("b").add(1);
    ObjectId id = vaults().idFromName("a");
    long bytes = bytes(NAMESPACE, "a");
    assertThat(scratchFiles(id)).isNotEmpty();

    assertThat(object("delete", NAMESPACE, "a", "--yes").ok().out())
        .isEqualTo("Vault/a, id %s, is deleted with its history: %s\n".formatted(id, exact(bytes)));

    assertThat(scratchFiles(id)).isEmpty();
    assertThat(names(object("list", NAMESPACE, "--prefix=", "--json"))).containsExactly("b");
    object("show", NAMESPACE, "a").failed(1, "there is no object a");
    object("delete", NAMESPACE, "a", "--yes").failed(1, "there is no object a");
    assertThat(vault("b").state()).isEqualTo("[1]");
    vault("a").add(5);
    assertThat(vault("a").state()).isEqualTo("[5]");
    object("restore", NAMESPACE, "a", "--to", mark).failed(2, "is not kept");
  }

  @Test
  void an_object_without_a_class_is_deleted_too_and_its_neighbours_stay() {
    try (Past past = new Past()) {
      past.put(past.ref(GONE, "a"), now(), "n", 1L);
      past.put(past.ref(GONE, "b"), now(), "n", 2L);
    }
    long bytes = bytes(GONE, "a");
    assertThat(object("delete", GONE, "a", "--yes").ok().out()).contains(exact(bytes));

    assertThat(names(object("list", GONE, "--prefix=", "--json"))).containsExactly("b");
    assertThat(numbers(GONE, "b")).containsExactly(Map.entry("n", 2L));
    object("delete", GONE, "b", "--yes").ok();
    assertThat(object("list", GONE, "--json").json()).isEmpty();
  }

  @Test
  void one_without_a_name_is_deleted_by_its_id_and_programs_are_told_in_json() {
    ObjectId id = vaults().newUniqueId();
    vaults().get(id).add(1);
    vault("a").add(1);
    long bytes = bytes(NAMESPACE, "a");

    assertThat(object("delete", NAMESPACE, "a", "--yes", "--json").json())
        .extracting(JsonNode::toString)
        .containsExactly(
            "{\"id\":\"%s\",\"name\":\"a\",\"bytes\":%d}"
                .formatted(vaults().idFromName("a"), bytes));
    assertThat(object("delete", NAMESPACE, id.toString(), "--yes", "--json").json())
        .extracting(JsonNode::toString)
        .containsExactly("{\"id\":\"%s\",\"bytes\":%d}".formatted(id, bytes));
  }

  @Test
  void it_asks_first_and_says_what_would_be_deleted() {
    vault("a").add(1);
    ObjectId id = vaults().idFromName("a");
    long bytes = bytes(NAMESPACE, "a");
    List<String> asked = new ArrayList<>();
    for (@Nullable String no : new @Nullable String[] {"", "n", "no", "yes please", "a", null}) {
      object(answering(asked, no), "delete", NAMESPACE, "a").failed(1, "nothing was deleted");
    }
    assertThat(vault("a").state()).isEqualTo("[1]");
    assertThat(asked)
        .hasSize(6)
        .allSatisfy(
            question ->
                assertThat(question)
                    .startsWith("Vault/a, id %s, %s, created 2".formatted(id, exact(bytes)))
                    .endsWith("Delete it with its history? This cannot be undone. [y/N] "));

    assertThat(object(answering(asked, " Yes "), "delete", NAMESPACE, "a").ok().out())
        .contains("is deleted");
    assertThat(object("list", NAMESPACE, "--json").json()).isEmpty();
    vault("a").add(2);
    object(answering(asked, "y"), "delete", NAMESPACE, "a").ok();
    assertThat(object("list", NAMESPACE, "--json").json()).isEmpty();
  }

  @Test
  void where_nobody_can_be_asked_it_refuses_unless_it_is_told_not_to_ask() {
    vault("a").add(1);
    object("delete", NAMESPACE, "a").failed(2, "there is no terminal to ask at: give --yes");
    assertThat(vault("a").state()).isEqualTo("[1]");
  }

  @Test
  void what_cannot_be_deleted_is_said_before_anything_is_asked() {
    vault("a").add(1);
    List<String> asked = new ArrayList<>();
    for (String option : List.of("--yes", "--json")) {
      CommandRun run = answering(asked, "y");
      object(run, "delete", NAMESPACE, "nobody", option).failed(1, "there is no object nobody");
      run = answering(asked, "y");
      object(run, "delete", "Nothing", "a", option)
          .failed(1, "there is no namespace Nothing; there are Vault");
      run = answering(asked, "y");
      object(run, "delete", NAMESPACE, "id:" + "0".repeat(64), option)
          .failed(2, "is not valid for namespace");
    }
    object("delete", NAMESPACE, "--yes").failed(2, "OBJECT");
    assertThat(asked).isEmpty();
    assertThat(vault("a").state()).isEqualTo("[1]");
  }

  @Test
  void what_is_done_is_not_said_to_be_undone_because_it_cannot_be_printed() {
    vault("a").add(1);
    for (boolean json : new boolean[] {false, true}) {
      vault("b").add(1);
      CommandRun run = new CommandRun();
      run.printer = new FullDisk();
      Told told =
          json
              ? object(run, "delete", NAMESPACE, "b", "--yes", "--json")
              : object(run, "delete", NAMESPACE, "b", "--yes");
      told.failed(1, "what it tells cannot be printed", "may be done: look before you repeat it");
      assertThat(told.err()).doesNotContain("not done");
      assertThat(names(object("list", NAMESPACE, "--prefix=", "--json"))).containsExactly("a");
    }
  }

  /** Takes nothing, like {@code /dev/full}. */
  private static final class FullDisk extends Writer {
    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      throw new IOException("No space left on device");
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void who_stops_the_command_while_it_asks_has_deleted_nothing() throws Exception {
    vault("a").add(1);
    if (!online) {
      stop();
    }
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<String> never = new CompletableFuture<>();
    CommandRun run = new CommandRun();
    run.terminal =
        _ -> {
          asked.countDown();
          return never.join();
        };
    CompletableFuture<Integer> status =
        run.begin("object", "delete", NAMESPACE, "a", "--data=" + data());
    asked.await();
    run.stop.wish();

    assertThat(status.join()).isEqualTo(1);
    assertThat(run.err.toString()).contains("nothing was deleted").doesNotContain("defect");
    never.complete("y");
    assertThat(vault("a").state()).isEqualTo("[1]");
  }
}
