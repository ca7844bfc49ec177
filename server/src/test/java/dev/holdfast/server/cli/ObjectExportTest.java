// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.codec.Codec;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ObjectRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code holdfast object export}. */
class ObjectExportTest extends ObjectCommandSuite {
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

  @Test
  void while_an_object_is_written_to_all_that_is_shown_is_one_moment() throws Exception {
    vault("a").add(0);
    Vault vault = vault("a");
    try (Meanwhile _ = new Meanwhile(vault::add)) {
      for (int i = 0; i < 4; i++) {
        Path target = folder.resolve("export" + i);
        object("export", NAMESPACE, "a", "--to", target.toString()).ok();
        int entries = Files.readAllLines(target.resolve("entries.jsonl")).size();
        try (Connection connection =
                DriverManager.getConnection("jdbc:sqlite:" + target.resolve("database.sqlite"));
            Statement statement = connection.createStatement()) {
          assertThat(text(statement, "PRAGMA integrity_check")).isEqualTo("ok");
          assertThat(text(statement, "SELECT count(*) FROM n")).isEqualTo(String.valueOf(entries));
        }
      }
    }
    assertThat(vault("a").state()).startsWith("[0");
  }
}
