// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.ObjectEntry;
import dev.holdfast.ObjectId;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code holdfast object list}, and what objects are called. */
class ObjectListTest extends ObjectCommandSuite {
  @Test
  void namespaces_and_objects_are_listed_also_those_without_a_class() {
    try (Past past = new Past()) {
      past.put(past.ref(GONE, "old"), now(), "k", 1L);
    }
    for (String name : List.of("a:1", "a:2", "a:3", "b")) {
      vault(name).add(1);
    }
    ObjectId unnamed = vaults().newUniqueId();
    vaults().get(unnamed).add(1);

    assertThat(object("list").ok().out()).isEqualTo("Gone\nVault\n");
    assertThat(object("list", GONE).ok().out()).contains("\"old\"");
    assertThat(object("list", NAMESPACE).ok().out())
        .contains("\"a:1\"", "\"b\"", unnamed.toString());
    assertThat(names(object("list", NAMESPACE, "--prefix", "a:", "--json")))
        .containsExactly("a:1", "a:2", "a:3");
    assertThat(
            names(object("list", NAMESPACE, "--prefix=a:", "--after=a:1", "--limit=1", "--json")))
        .containsExactly("a:2");
    assertThat(object("list", NAMESPACE, "--prefix=a:", "--limit=2").ok().out())
        .contains("there may be more: go on with --after \"a:2\"");
    assertThat(object("list", NAMESPACE, "--json").json()).hasSize(5);
    object("list", "Nothing").failed(1, "there is no namespace Nothing; there are Gone, Vault");
  }

  @Test
  void each_object_is_listed_with_its_size_and_names_stand_below_each_other() {
    vault("large").fill();
    vault("small").add(1);
    List<Long> sizes = vaults().list(KeyRange.all()).stream().map(ObjectEntry::bytes).toList();

    List<JsonNode> rows = object("list", NAMESPACE, "--prefix=", "--json").json();
    assertThat(rows).extracting(row -> row.get("bytes").asLong()).isEqualTo(sizes);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(Instant.parse(row.get("written").asString()))
                    .isAfterOrEqualTo(Instant.parse(row.get("created").asString())));
    List<String> lines = object("list", NAMESPACE, "--prefix=").ok().out().lines().toList();
    assertThat(lines.getFirst()).matches("ID +CREATED +SIZE  NAME");
    assertThat(lines.get(1)).matches(".*Z +\\d\\.\\d MiB  \"large\"");
    assertThat(lines.get(2)).matches(".*Z +[0-9.]+ K?i?B  \"small\"");
    int name = lines.getFirst().indexOf("NAME");
    assertThat(lines).allMatch(line -> line.startsWith("  ", name - 2));
    assertThat(lines.get(1).indexOf("\"large\"")).isEqualTo(name);
    assertThat(lines.get(2).indexOf("\"small\"")).isEqualTo(name);
  }

  @Test
  void a_name_that_looks_like_an_id_is_told_from_it() {
    String id = vaults().idFromName("a").toString();
    vault("a").add(1);
    assertThat(numbers(NAMESPACE, id).keySet()).containsExactly("n:1");
    assertThat(numbers(NAMESPACE, "id:" + id).keySet()).containsExactly("n:1");
    object("show", NAMESPACE, "name:" + id).failed(1, "there is no object name:" + id);
    vault(id).add(2);
    object("show", NAMESPACE, id).failed(2, "one object has the name", "write name: or id:");
    assertThat(numbers(NAMESPACE, "name:" + id).keySet()).containsExactly("n:2");
    assertThat(numbers(NAMESPACE, "id:" + id).keySet()).containsExactly("n:1");
    vault("id:x").add(3);
    assertThat(numbers(NAMESPACE, "name:id:x").keySet()).containsExactly("n:3");
  }

  @Test
  void more_objects_than_are_read_at_once_are_listed_once_each_in_their_order() {
    List<String> names = IntStream.range(0, 2_100).mapToObj("n%04d"::formatted).toList();
    try (Past past = new Past()) {
      past.make(GONE, names);
    }
    assertThat(names(object("list", GONE, "--prefix=", "--limit=1000000000", "--json")))
        .isEqualTo(names);
    assertThat(names(object("list", GONE, "--limit=2100", "--json")))
        .containsExactlyInAnyOrderElementsOf(names);
    assertThat(object("list", GONE, "--prefix=", "--limit=2000").ok().out().lines().toList())
        .hasSize(2_002)
        .last()
        .isEqualTo("there may be more: go on with --after \"n1999\"");
    assertThat(object("list", GONE, "--limit=2101").ok().out()).doesNotContain("there may be more");
  }

  @Test
  void a_list_that_nobody_reads_on_keeps_others_from_the_data_only_where_no_node_runs()
      throws Exception {
    vault("a").add(1);
    object("list").ok();
    Pager pager = new Pager();
    CommandRun run = new CommandRun();
    run.printer = pager;
    CompletableFuture<Integer> reading = run.begin("object", "list", NAMESPACE, "--data=" + data());
    pager.begun.await();

    Told other = object("list");
    if (online) {
      assertThat(other.ok().out()).isEqualTo("Vault\n");
    } else {
      other.failed(
          1, "is in use by this process", "another command, whose output waits to be read");
      assertThatThrownBy(this::vaults).hasMessageContaining("is in use by this process");
    }

    pager.goOn.countDown();
    assertThat(reading.join()).as(run.err.toString()).isZero();
    assertThat(pager.shown.toString()).contains("\"a\"");
    object("list").ok();
  }

  /** Shows nothing until it is told to go on. */
  private static final class Pager extends Writer {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    final StringWriter shown = new StringWriter();

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      begun.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      shown.write(text, offset, length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void what_chooses_objects_without_a_namespace_is_refused() {
    vault("a").add(1);
    for (String option : List.of("--prefix=a", "--after=a")) {
      object("list", option).failed(2, "are about the objects of a NAMESPACE: name it");
    }
  }

  @Test
  void without_a_store_there_is_nothing_to_look_at() {
    assertThat(run("object", "list", "--data=" + folder.resolve("nowhere")))
        .satisfies(told -> told.failed(1, "there is no store in"));
    assertThat(folder.resolve("nowhere")).doesNotExist();
    assertThat(run("object").status()).isEqualTo(2);
    assertThat(run("object", "show", "--help").ok().out()).contains("--sql=QUERY");
  }
}
