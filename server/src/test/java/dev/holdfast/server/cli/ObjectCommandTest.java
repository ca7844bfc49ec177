// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.call.IdAuthority;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.server.Node;
import dev.holdfast.server.NodeOptions;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code holdfast object}, while a node runs and while none does. */
@ParameterizedClass(name = "while a node runs: {0}")
@ValueSource(booleans = {true, false})
class ObjectCommandTest {
  private static final String NAMESPACE = "Vault";

  /** A namespace for which no class is registered. */
  private static final String GONE = "Gone";

  private static final JsonMapper JSON = JsonMapper.shared();

  @Parameter boolean online;

  @TempDir private Path folder;

  private @Nullable Node node;

  /** What a command has told. */
  private record Told(int status, String out, String err) {
    Told ok() {
      assertThat(err).isEmpty();
      assertThat(status).isZero();
      return this;
    }

    Told failed(int expected, String... parts) {
      assertThat(err).contains(parts).doesNotContain("defect");
      assertThat(status).as(err).isEqualTo(expected);
      return this;
    }

    List<JsonNode> json() {
      return ok().out.lines().map(JSON::readTree).toList();
    }
  }

  private Path data() {
    return folder.resolve("data");
  }

  /** The objects, of a node that runs. */
  private ObjectNamespace<Vault> vaults() {
    Node running = node;
    if (running == null) {
      running =
          Node.start(
              NodeOptions.over(data()),
              List.of(new ObjectClass<>(NAMESPACE, Vault.class, VaultObject::new)),
              null);
      node = running;
    }
    return running.objects(Vault.class);
  }

  private Vault vault(String name) {
    return vaults().getByName(name);
  }

  @AfterEach
  void stop() {
    Node running = node;
    node = null;
    if (running != null) {
      running.close();
    }
  }

  /** Runs a command, while a node runs or not. */
  private Told object(String... args) {
    if (online) {
      ObjectNamespace<Vault> _ = vaults();
    } else {
      stop();
    }
    List<String> all = new ArrayList<>(List.of("object"));
    all.addAll(List.of(args));
    all.add("--data=" + data());
    return run(all.toArray(String[]::new));
  }

  private static Told run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        HoldfastCommand.execute(
            new Surroundings(
                Map.of(), new PrintWriter(out), new PrintWriter(err), new StopSignal()),
            args);
    return new Told(status, out.toString(), err.toString());
  }

  // ---------------------------------------------------------------- objects with a past

  /** Writes objects into a store over which nothing runs, at any time. */
  private final class Past implements AutoCloseable {
    private final RocksStore store = RocksStore.open(data(), RocksStoreOptions.defaults());
    private final Codec codec = new Codec();

    ObjectRef ref(String namespace, String name) {
      return new ObjectRef(
          namespace,
          new IdAuthority(namespace, store.namespaceSecret(namespace), new SecureRandom())
              .fromName(name));
    }

    void put(ObjectRef object, long second, String key, @Nullable Object value) {
      put(object, second, EntryKey.user(key), value == null ? null : codec.encode(value));
    }

    void put(ObjectRef object, long second, EntryKey key, byte @Nullable [] value) {
      OpenedObject opened = store.open(object, object.id().name().orElse(null));
      CompletableFuture<Object> done = new CompletableFuture<>();
      store.submit(
          CommitGroup.of(
              Commit.of(
                  opened.opening(),
                  opened.seq() + 1,
                  opened.generation().advancedTo(second),
                  List.of(new Change(key, value)))),
          failure -> {
            if (failure == null) {
              done.complete("");
            } else {
              done.completeExceptionally(failure);
            }
          });
      Object _ = done.join();
      store.release(opened.opening());
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  /** What {@code show --json} tells of the values of numbers. */
  private SequencedMap<String, Long> numbers(String namespace, String name, String... more) {
    List<String> args = new ArrayList<>(List.of("show", namespace, name, "--json"));
    args.addAll(List.of(more));
    SequencedMap<String, Long> numbers = new LinkedHashMap<>();
    for (JsonNode line : object(args.toArray(String[]::new)).json()) {
      if (line.get("kind").asString().equals("user")) {
        numbers.put(line.get("key").asString(), line.get("value").asLong());
      }
    }
    return numbers;
  }

  // ---------------------------------------------------------------- list

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

  private static List<String> names(Told told) {
    return told.json().stream().map(line -> line.get("name").asString()).toList();
  }

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

  // ---------------------------------------------------------------- show

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
  void without_a_store_there_is_nothing_to_look_at() {
    assertThat(run("object", "list", "--data=" + folder.resolve("nowhere")))
        .satisfies(told -> told.failed(1, "there is no store in"));
    assertThat(folder.resolve("nowhere")).doesNotExist();
    assertThat(run("object").status()).isEqualTo(2);
    assertThat(run("object", "show", "--help").ok().out()).contains("--sql=QUERY");
  }

  // ---------------------------------------------------------------- export

  @Test
  void an_export_tells_every_entry_as_it_is_and_the_database_opens_anywhere() throws Exception {
    vault("a").fill();
    Path target = folder.resolve("exported");
    object("export", NAMESPACE, "a", "--to", target.toString()).ok();

    Codec codec = new Codec();
    List<JsonNode> lines =
        Files.readAllLines(target.resolve("entries.jsonl")).stream().map(JSON::readTree).toList();
    SequencedMap<String, Object> model = VaultObject.values();
    List<String> keys = new ArrayList<>(model.keySet());
    keys.sort((a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)));
    assertThat(lines).extracting(line -> line.get("key").asString()).isEqualTo(keys);
    for (JsonNode line : lines) {
      String key = line.get("key").asString();
      assertThat(Base64.getDecoder().decode(line.get("cbor").asString()))
          .as(key)
          .isEqualTo(codec.encode(model.get(key)));
    }
    assertThat(lines.get(keys.indexOf("point")).get("value").toString())
        .isEqualTo("{\"x\":1,\"y\":0.5,\"tags\":[\"a\",\"b\"]}");
    assertThat(lines.get(keys.indexOf("bytes")).get("value").asString()).isEqualTo("AAH_");
    assertThat(lines.get(keys.indexOf("nan")).get("value").isNull()).isTrue();
    JsonNode about = JSON.readTree(Files.readString(target.resolve("object.json")));
    assertThat(about.get("id").asString()).isEqualTo(vaults().idFromName("a").toString());
    assertThat(about.get("databaseBytes").asLong())
        .isEqualTo(Files.size(target.resolve("database.sqlite")));
    assertDatabase(target.resolve("database.sqlite"));
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("data", "exported");
    }
    try (Stream<Path> scratch = Files.list(data().resolve("scratch"))) {
      assertThat(scratch.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("inspect"));
    }
  }

  private static void assertDatabase(Path file) throws Exception {
    assertThat(file.toFile().setReadOnly()).isTrue();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      assertThat(text(statement, "PRAGMA integrity_check")).isEqualTo("ok");
      assertThat(text(statement, "PRAGMA journal_mode")).isEqualTo("delete");
      assertThat(text(statement, "SELECT i || ' ' || r || ' ' || hex(b) FROM kinds"))
          .isEqualTo(Long.MAX_VALUE + " 0.25 0102");
      assertThat(text(statement, "SELECT sum(v) FROM \"odd \"\"name\"")).isEqualTo("12502500");
      assertThat(text(statement, "SELECT w FROM words WHERE words MATCH 'found'"))
          .isEqualTo("to be found");
    }
  }

  private static String text(Statement statement, String query) throws Exception {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.getString(1);
    }
  }

  @Test
  void an_export_of_the_past_has_the_past_and_keys_that_are_no_text() throws Exception {
    long begin = now() - 600;
    byte[] odd = {(byte) 0xff, 0, (byte) 0x80};
    try (Past past = new Past()) {
      ObjectRef object = past.ref(GONE, "a");
      past.put(object, begin, "n", 1L);
      past.put(object, begin + 100, EntryKey.of(EntryKind.USER, odd), new byte[] {1});
      past.put(object, begin + 200, "n", 2L);
      past.put(object, begin + 300, EntryKey.of(EntryKind.ALARM, new byte[] {'x'}), new byte[] {2});
    }
    Path now = folder.resolve("now");
    object("export", GONE, "a", "--to", now.toString()).ok();
    assertThat(Files.readAllLines(now.resolve("entries.jsonl")))
        .containsExactly(
            "{\"kind\":\"user\",\"key\":\"n\",\"value\":2,\"cbor\":\"Ag==\"}",
            "{\"kind\":\"user\",\"keyBase64\":\"/wCA\",\"value\":1,\"cbor\":\"AQ==\"}",
            "{\"kind\":\"alarm\",\"key\":\"x\",\"value\":2,\"cbor\":\"Ag==\"}");
    assertThat(now.resolve("database.sqlite")).doesNotExist();
    Path then = folder.resolve("then");
    String time = Instant.ofEpochSecond(begin + 50).toString();
    object("export", GONE, "a", "--at", time, "--to", then.toString()).ok();
    assertThat(Files.readAllLines(then.resolve("entries.jsonl")))
        .containsExactly("{\"kind\":\"user\",\"key\":\"n\",\"value\":1,\"cbor\":\"AQ==\"}");
  }

  @Test
  void an_export_replaces_nothing_and_leaves_nothing_if_it_fails() throws Exception {
    vault("a").add(1);
    Path target = Files.createDirectory(folder.resolve("there"));
    object("export", NAMESPACE, "a", "--to", target.toString()).failed(1, "it exists already");
    Path file = Files.writeString(folder.resolve("file"), "mine");
    object("export", NAMESPACE, "a", "--to", file.toString()).failed(1, "it exists already");
    assertThat(Files.readString(file)).isEqualTo("mine");
    object("export", NAMESPACE, "a", "--to", folder.resolve("no/such").toString())
        .failed(1, "which is no folder");
    object("export", NAMESPACE, "nobody", "--to", folder.resolve("x").toString())
        .failed(1, "nobody");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("data", "there", "file");
    }
  }

  // ---------------------------------------------------------------- meanwhile

  @Test
  void while_an_object_is_written_to_all_that_is_shown_is_one_moment() throws Exception {
    vault("a").add(0);
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong added = new AtomicLong();
    Vault vault = vault("a");
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              while (online && !over.get()) {
                vault.add(added.incrementAndGet());
              }
            });
    for (int i = 0; i < 4; i++) {
      Path target = folder.resolve("export" + i);
      object("export", NAMESPACE, "a", "--to", target.toString()).ok();
      long entries;
      try (Stream<String> lines = Files.lines(target.resolve("entries.jsonl"))) {
        entries = lines.count();
      }
      try (Connection connection =
              DriverManager.getConnection("jdbc:sqlite:" + target.resolve("database.sqlite"));
          Statement statement = connection.createStatement()) {
        assertThat(text(statement, "PRAGMA integrity_check")).isEqualTo("ok");
        assertThat(text(statement, "SELECT count(*) FROM n")).isEqualTo(String.valueOf(entries));
      }
    }
    over.set(true);
    writer.join();
    assertThat(vault("a").state()).startsWith("[0");
  }

  @Test
  void an_object_that_is_called_all_the_time_goes_back_between_two_calls() throws Exception {
    vault("a").add(0);
    String mark = vault("a").mark();
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong added = new AtomicLong();
    Vault vault = vault("a");
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              while (online && !over.get()) {
                vault.add(added.incrementAndGet());
                String state = vault.state(); // entries and rows are the same
                assertThat(state).startsWith("[0");
              }
            });
    for (int i = 0; i < 5; i++) {
      object("restore", NAMESPACE, "a", "--to", mark).ok();
    }
    over.set(true);
    writer.join();
    object("restore", NAMESPACE, "a", "--to", mark).ok();
    assertThat(vault("a").state()).isEqualTo("[0]");
  }
}
