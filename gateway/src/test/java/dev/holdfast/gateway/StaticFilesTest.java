// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Response;
import dev.holdfast.gateway.RawConnection.RawResponse;
import dev.holdfast.gateway.files.StaticFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets of the files in front of a worker. */
class StaticFilesTest {
  private static final String CHANGED = "Sun, 01 Nov 2026 10:00:00 GMT";

  @TempDir private Path app;
  private Path folder;
  private Gateway gateway;
  private RawConnection connection;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(app.resolve("public"));
    StaticFiles files =
        new StaticFiles(
            folder, request -> Response.text("worker: " + request.method() + request.url().path()));
    gateway = Gateway.start(GatewayOptions.defaults().withPort(0), files);
    connection = RawConnection.to(gateway);
  }

  @AfterEach
  void stop() throws IOException {
    connection.close();
    gateway.close();
  }

  @Test
  void a_file_is_answered_with_its_content_and_what_a_client_may_do_with_it() throws IOException {
    write("css/site.css", "body{}");

    RawResponse response = get("/css/site.css?v=2");

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("body{}");
    assertThat(response.header("content-type")).hasValue("text/css; charset=utf-8");
    assertThat(response.header("content-length")).hasValue("6");
    assertThat(response.header("x-content-type-options")).hasValue("nosniff");
    assertThat(response.header("cache-control")).hasValue("no-cache");
    assertThat(response.header("accept-ranges")).hasValue("bytes");
    assertThat(response.header("last-modified")).hasValue(CHANGED);
    assertThat(response.header("etag").orElseThrow()).matches("\"[0-9a-f]{32}\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a.html    | text/html; charset=utf-8
          a.HTML    | text/html; charset=utf-8
          a.js      | text/javascript; charset=utf-8
          a.json    | application/json
          a.svg     | image/svg+xml
          a.woff2   | font/woff2
          a.unknown | application/octet-stream
          html      | text/html; charset=utf-8
          a         | application/octet-stream
          """)
  void the_content_type_follows_from_the_name(String name, String type) throws IOException {
    write(name, "x");
    assertThat(get("/" + name).header("content-type")).hasValue(type);
  }

  @ParameterizedTest
  @CsvSource({
    "app.3f2a9c1d.js, true",
    "app.3F2A9C1D0011.js, true",
    "app.3f2a9c1d.js.map, true",
    "app.3f2a9c1.js, false",
    "app.3f2a9c1g.js, false",
    "report.20261101.pdf, false",
    "app3f2a9c1d.js, false",
    "app.js, false"
  })
  void a_file_is_kept_for_good_if_its_name_has_a_hash(String name, boolean kept)
      throws IOException {
    write(name, "x");
    assertThat(get("/" + name).header("cache-control"))
        .hasValue(kept ? "public, max-age=31536000, immutable" : "no-cache");
  }

  @Test
  void what_a_client_may_do_with_a_link_follows_from_its_own_name() throws IOException {
    write("app.3f2a9c1d.js", "x");
    link("app.css", Path.of("app.3f2a9c1d.js"));
    RawResponse response = get("/app.css");
    assertThat(response.body()).isEqualTo("x");
    assertThat(response.header("cache-control")).hasValue("no-cache");
    assertThat(response.header("content-type")).hasValue("text/css; charset=utf-8");
  }

  @Test
  void what_is_no_file_is_the_workers_and_so_is_every_other_method() throws IOException {
    write("a.txt", "file");
    assertThat(get("/b.txt").body()).isEqualTo("worker: GET/b.txt");
    assertThat(get("/a.txt/b").body()).isEqualTo("worker: GET/a.txt/b");
    assertThat(get("/a.txt/").body()).isEqualTo("worker: GET/a.txt/");
    assertThat(connection.sendHead("POST /a.txt HTTP/1.1", "Content-Length: 0").read().body())
        .isEqualTo("worker: POST/a.txt");
    assertThat(get("/").body()).isEqualTo("worker: GET/");
  }

  @Test
  void a_request_for_a_socket_is_the_workers() throws IOException {
    write("index.html", "page");
    assertThat(get("/", "Connection: Upgrade", "Upgrade: h2c").body()).isEqualTo("page");
    RawResponse response =
        connection
            .sendHead(
                "GET / HTTP/1.1",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
            .read();
    assertThat(response.body()).isEqualTo("worker: GET/");
  }

  @Test
  void head_tells_what_get_would() throws IOException {
    write("a.txt", "text");
    write("large.bin", "x".repeat(100_000));
    for (String path : new String[] {"/a.txt", "/large.bin"}) {
      RawResponse get = get(path, "X-Request-Id: 1");
      RawResponse head =
          connection.sendHead("HEAD " + path + " HTTP/1.1", "X-Request-Id: 1").readHead();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.lines().stream().filter(line -> !line.startsWith("date")))
          .containsExactlyInAnyOrderElementsOf(
              get.lines().stream().filter(line -> !line.startsWith("date")).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16_384, 16_385, 65_536, 65_537, 300_000, 17 << 20})
  void files_of_any_size_come_whole(int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Files.write(folder.resolve("a.bin"), content);

    RawResponse response = get("/a.bin");

    assertThat(response.header("content-length")).hasValue(Integer.toString(size));
    assertThat(response.body().equals(new String(content, StandardCharsets.ISO_8859_1))).isTrue();
    assertThat(get("/a.bin", "If-None-Match: " + response.header("etag").orElseThrow()).status())
        .isEqualTo(304);
  }

  @Test
  void names_may_be_in_any_language() throws IOException {
    write("größe 1%.txt", "text");
    assertThat(get("/gr%C3%B6%C3%9Fe%201%25.txt").body()).isEqualTo("text");
  }

  // ---------------------------------------------------------------- folders

  @Test
  void a_folder_is_its_index() throws IOException {
    write("index.html", "top");
    write("docs/index.html", "docs");
    assertThat(get("/").body()).isEqualTo("top");
    assertThat(get("/docs/").body()).isEqualTo("docs");
    assertThat(get("/docs/").header("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(get("/docs/index.html").body()).isEqualTo("docs");
  }

  @Test
  void a_folder_without_its_slash_is_redirected_to_the_path_with_it() throws IOException {
    write("a/x:y z/index.html", "docs");
    RawResponse response = get("/a/x:y%20z?q=1");
    assertThat(response.status()).isEqualTo(308);
    assertThat(response.header("location")).hasValue("./x:y%20z/?q=1");
    assertThat(get("/a").body()).as("it has no index").isEqualTo("worker: GET/a");
  }

  // ---------------------------------------------------------------- conditions

  @Test
  void a_client_that_has_the_file_is_told_so() throws IOException {
    write("a.txt", "text");
    String tag = get("/a.txt").header("etag").orElseThrow();
    for (String field :
        new String[] {
          "If-None-Match: " + tag,
          "If-None-Match: W/" + tag,
          "If-None-Match: \"a,b\", " + tag,
          "If-None-Match: *",
          "If-Modified-Since: " + CHANGED,
          "If-Modified-Since: Tue, 03 Nov 2026 10:00:00 GMT",
          "If-Modified-Since: Sunday, 01-Nov-26 10:00:00 GMT",
          "If-Modified-Since: Sun Nov  1 10:00:00 2026",
          "If-Modified-Since: Tue Nov 10 10:00:00 2026"
        }) {
      RawResponse response = get("/a.txt", field);
      assertThat(response.status()).as(field).isEqualTo(304);
      assertThat(response.header("etag")).hasValue(tag);
      assertThat(response.header("cache-control")).hasValue("no-cache");
    }
    assertThat(get("/a.txt").body()).as("the next answer is in its place").isEqualTo("text");
  }

  @Test
  void a_client_that_has_something_else_gets_the_file() throws IOException {
    write("a.txt", "text");
    String tag = get("/a.txt").header("etag").orElseThrow();
    for (String field :
        new String[] {
          "If-None-Match: \"other\"",
          "If-None-Match: " + tag.replace("\"", ""),
          "If-Modified-Since: Sun, 01 Nov 2026 09:59:59 GMT",
          "If-Modified-Since: Saturday, 31-Oct-26 10:00:00 GMT",
          "If-Modified-Since: Tuesday, 01-Nov-94 10:00:00 GMT",
          "If-Modified-Since: Sun Nov  1 09:59:59 2026",
          "If-Modified-Since: yesterday",
          "If-None-Match: \"other\"\r\nIf-Modified-Since: " + CHANGED
        }) {
      assertThat(get("/a.txt", field).body()).as(field).isEqualTo("text");
    }
  }

  @Test
  void a_client_that_wants_another_version_gets_none() throws IOException {
    write("a.txt", "text");
    String tag = get("/a.txt").header("etag").orElseThrow();
    for (String field :
        new String[] {
          "If-Match: \"other\"",
          "If-Match: W/" + tag,
          "If-Match: \"other\"\r\nIf-None-Match: " + tag,
          "If-Match: \"other\"\r\nIf-Unmodified-Since: " + CHANGED,
          "If-Unmodified-Since: Sun, 01 Nov 2026 09:59:59 GMT",
          "If-Unmodified-Since: Sun, 01 Nov 2026 09:59:59 GMT\r\nRange: bytes=0-1"
        }) {
      RawResponse response = get("/a.txt", field);
      assertThat(response.status()).as(field).isEqualTo(412);
      assertThat(response.header("etag")).hasValue(tag);
    }
    for (String field :
        new String[] {
          "If-Match: *",
          "If-Match: \"other\", " + tag,
          "If-Match: " + tag + "\r\nIf-Unmodified-Since: Sun, 01 Nov 2026 09:59:59 GMT",
          "If-Unmodified-Since: " + CHANGED,
          "If-Unmodified-Since: tomorrow"
        }) {
      assertThat(get("/a.txt", field).body()).as(field).isEqualTo("text");
    }
  }

  @Test
  void a_change_shows_at_once_with_another_tag() throws IOException {
    write("a.txt", "old!");
    String tag = get("/a.txt").header("etag").orElseThrow();
    Files.writeString(folder.resolve("a.txt"), "new!");
    RawResponse response = get("/a.txt", "If-None-Match: " + tag);
    assertThat(response.body()).isEqualTo("new!");
    assertThat(response.header("etag").orElseThrow()).isNotEqualTo(tag);
    Files.delete(folder.resolve("a.txt"));
    assertThat(get("/a.txt").body()).startsWith("worker");
  }

  // ---------------------------------------------------------------- ranges

  @ParameterizedTest
  @CsvSource({
    "0-0, 0, 0-0",
    "2-4, 234, 2-4",
    "7-, 789, 7-9",
    "7-100, 789, 7-9",
    "7-99999999999999999999, 789, 7-9",
    "-3, 789, 7-9",
    "-99, 0123456789, 0-9"
  })
  void a_range_is_a_part(String range, String part, String field) throws IOException {
    write("a.txt", "0123456789");
    RawResponse response = get("/a.txt", "Range: bytes=" + range);
    assertThat(response.status()).isEqualTo(206);
    assertThat(response.body()).isEqualTo(part);
    assertThat(response.header("content-range")).hasValue("bytes " + field + "/10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10-", "99999999999999999999-", "-0"})
  void a_range_without_a_byte_of_the_file_is_416(String range) throws IOException {
    write("a.txt", "0123456789");
    RawResponse response = get("/a.txt", "Range: bytes=" + range);
    assertThat(response.status()).isEqualTo(416);
    assertThat(response.header("content-range")).hasValue("bytes */10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=4-2", "bytes=0-1,3-4", "bytes=-", "bytes=a-b", "lines=1-2", "1-2"})
  void other_ranges_are_ignored(String range) throws IOException {
    write("a.txt", "0123456789");
    RawResponse response = get("/a.txt", "Range: " + range);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("0123456789");
  }

  @Test
  void the_rest_of_a_file_is_that_of_the_version_that_the_client_has() throws IOException {
    write("a.txt", "0123456789");
    String tag = get("/a.txt").header("etag").orElseThrow();
    assertThat(get("/a.txt", "Range: bytes=8-", "If-Range: " + tag).body()).isEqualTo("89");
    for (String other : new String[] {"\"other\"", "W/" + tag, CHANGED}) {
      assertThat(get("/a.txt", "Range: bytes=8-", "If-Range: " + other).status()).isEqualTo(200);
    }
    assertThat(get("/a.txt", "Range: bytes=8-", "If-None-Match: " + tag).status()).isEqualTo(304);
    RawResponse head = connection.sendHead("HEAD /a.txt HTTP/1.1", "Range: bytes=8-").readHead();
    assertThat(head.status()).isEqualTo(200);
  }

  @Test
  void a_large_range_is_streamed() throws IOException {
    write("a.bin", "x".repeat(70_000) + "y".repeat(130_000));
    RawResponse response = get("/a.bin", "Range: bytes=60000-");
    assertThat(response.body()).isEqualTo("x".repeat(10_000) + "y".repeat(130_000));
  }

  // ---------------------------------------------------------------- the guard

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../secret.txt",
        "/./a.txt",
        "/docs/../a.txt",
        "/docs/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E/secret.txt",
        "/.%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/docs%2f..%2f..%2fsecret.txt",
        "/docs%2fb.txt",
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/docs\\b.txt",
        "/docs%5Cb.txt",
        "//a.txt",
        "/docs//b.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/a.txt%00",
        "/a.txt%00.html",
        "/%00/a.txt",
        "/a.txt.",
        "/a.txt%20",
        "/a.txt::$DATA",
        "/A.TXT",
        "/docs;x=1/b.txt",
        "/.hidden",
        "/.git/config",
        "/docs/.hidden",
        "/%2ehidden",
        "/out",
        "/outside/secret.txt",
        "/outside/",
        "/up/secret.txt",
        "/absolute",
        "/dotted",
        "/loop",
        "/dangling",
        "/pipe/",
        "/file:/etc/passwd"
      })
  void what_is_not_plainly_a_file_of_the_folder_is_the_workers(String target) throws IOException {
    hideSecrets();
    assertThat(get("/a.txt").body()).isEqualTo("file");
    assertThat(get("/docs/b.txt").body()).isEqualTo("file");
    assertThat(get(target).body()).isEqualTo("worker: GET" + target);
    assertThat(get("/inside").body()).as("a link within the folder").isEqualTo("file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%c0%ae%c0%ae/secret.txt",
        "/%e0%80%ae%e0%80%ae/secret.txt",
        "/..%c0%afsecret.txt",
        "/%",
        "/%2",
        "/%u002e%u002e/secret.txt"
      })
  void what_is_not_utf_8_is_refused(String target) throws IOException {
    hideSecrets();
    assertThat(get(target).status()).isEqualTo(400);
  }

  @Test
  void a_target_that_names_its_host_is_guarded_too() throws IOException {
    hideSecrets();
    assertThat(get("http://h/a.txt").body()).isEqualTo("file");
    assertThat(get("http://h/../secret.txt").body()).startsWith("worker");
  }

  /** Files around the folder, and links of all kinds in it. */
  private void hideSecrets() throws IOException {
    Files.writeString(app.resolve("secret.txt"), "secret");
    write("a.txt", "file");
    write("docs/b.txt", "file");
    write(".hidden", "secret");
    write("docs/.hidden", "secret");
    write(".git/config", "secret");
    link("out", Path.of("..", "secret.txt"));
    link("outside", app);
    Files.writeString(app.resolve("index.html"), "secret");
    link("up", Path.of(".."));
    link("absolute", Path.of("/etc/passwd"));
    link("dotted", Path.of(".hidden"));
    link("loop", Path.of("loop"));
    link("dangling", Path.of("nowhere"));
    link("inside", Path.of("docs", "b.txt"));
  }

  private void link(String name, Path to) throws IOException {
    Files.createSymbolicLink(folder.resolve(name), to);
  }

  /** A file that was changed long ago. */
  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-11-01T10:00:00.5Z")));
  }

  private RawResponse get(String target, String... fields) throws IOException {
    String[] head = new String[fields.length + 1];
    head[0] = "GET " + target + " HTTP/1.1";
    System.arraycopy(fields, 0, head, 1, fields.length);
    return connection.sendHead(head).read();
  }
}
