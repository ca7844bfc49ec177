// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Request;
import dev.holdfast.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tags and content belong together, whatever the times of files say. */
class StaticFilesTagTest {
  private static final Instant CHANGED = Instant.parse("2026-11-01T10:00:00Z");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("a.txt");
    write("one");
  }

  @Test
  void the_same_content_has_the_same_tag_wherever_it_is() throws Exception {
    StaticFiles files = at(CHANGED.plus(Duration.ofHours(1)));
    String tag = tag(files);
    write("two");
    Files.setLastModifiedTime(file, FileTime.from(CHANGED.plusSeconds(60)));
    assertThat(tag(files)).isNotEqualTo(tag);
    write("one");
    Files.setLastModifiedTime(file, FileTime.from(CHANGED.plusSeconds(120)));
    assertThat(tag(files)).isEqualTo(tag);
    assertThat(tag(at(CHANGED.plus(Duration.ofHours(2))))).isEqualTo(tag);
  }

  @Test
  void a_change_that_leaves_length_and_time_as_they_were_shows_while_the_file_is_new()
      throws Exception {
    StaticFiles files = at(CHANGED.plusSeconds(1));
    String tag = tag(files);
    write("two");
    assertThat(tag(files)).isNotEqualTo(tag);
  }

  @Test
  void a_change_that_leaves_length_and_time_as_they_were_shows_at_any_time() throws Exception {
    StaticFiles files = at(Instant.now().plus(Duration.ofDays(1)));
    String small = tag(files);
    changeTo("two");
    assertThat(tag(files)).isNotEqualTo(small);
    int beyondHashes = (16 << 20) + 1;
    write("x".repeat(beyondHashes));
    String large = tag(files);
    changeTo("y".repeat(beyondHashes));
    assertThat(tag(files)).isNotEqualTo(large);
  }

  @Test
  void a_time_in_the_future_is_not_told() throws Exception {
    StaticFiles files = at(CHANGED.minusSeconds(10));
    assertThat(get(files).header("Last-Modified")).hasValue("Sun, 01 Nov 2026 09:59:50 GMT");
  }

  @Test
  void a_file_that_shrinks_while_it_is_sent_never_looks_complete() throws Exception {
    write("x".repeat(100_000));
    Response response = get(at(CHANGED.plusSeconds(60)));
    write("x");
    assertThat(response.body().length()).hasValue(100_000);
    assertThat(response.body().bytes()).hasSizeLessThan(100_000);
  }

  @Test
  void a_file_that_changes_in_place_while_it_is_sent_never_looks_complete() throws Exception {
    write("x".repeat(100_000));
    StaticFiles files = at(CHANGED.plusSeconds(60));
    Response before = get(files);
    Response begun = get(files);
    InputStream stream = begun.body().stream();
    assertThat(stream.readNBytes(10_000)).hasSize(10_000);
    Files.writeString(file, "y".repeat(100_000));
    assertThat(before.body().bytes()).hasSizeLessThan(100_000);
    assertThat(stream.readAllBytes()).hasSizeLessThan(90_000);
    assertThat(stream.read()).as("an end stays an end").isNegative();
    assertThat(get(files).body().bytes()).hasSize(100_000).containsOnly('y');
  }

  @Test
  void a_file_that_is_replaced_or_deleted_while_it_is_sent_is_sent_as_it_was() throws Exception {
    write("x".repeat(100_000));
    StaticFiles files = at(CHANGED.plusSeconds(60));
    Response old = get(files);
    Path next = Files.writeString(folder.resolve("next"), "y".repeat(100_000));
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(old.body().bytes()).hasSize(100_000).containsOnly('x');
    Response replaced = get(files);
    Files.delete(file);
    assertThat(replaced.body().bytes()).hasSize(100_000).containsOnly('y');
  }

  @Test
  void a_stream_that_is_closed_gives_nothing_more() throws Exception {
    write("x".repeat(100_000));
    InputStream stream = get(at(CHANGED.plusSeconds(60))).body().stream();
    assertThat(stream.read()).isEqualTo('x');
    stream.close();
    assertThatThrownBy(stream::read).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void the_worker_runs_with_its_own_class_loader() throws Exception {
    Thread.currentThread().setContextClassLoader(null);
    StaticFiles files =
        new StaticFiles(
            folder,
            _ -> {
              assertThat(Thread.currentThread().getContextClassLoader())
                  .isEqualTo(StaticFilesTagTest.class.getClassLoader());
              return Response.status(204);
            });
    assertThat(files.fetch(Request.get("/none")).status()).isEqualTo(204);
  }

  private StaticFiles at(Instant now) {
    return new StaticFiles(folder, _ -> Response.status(404), InstantSource.fixed(now));
  }

  private static String tag(StaticFiles files) throws Exception {
    return get(files).header("ETag").orElseThrow();
  }

  private static Response get(StaticFiles files) throws Exception {
    return files.fetch(Request.get("/a.txt"));
  }

  /** In place, with the same time of change, at a moment that the file system can tell apart. */
  private void changeTo(String content) throws IOException {
    Object before = Files.getAttribute(file, "unix:ctime");
    do {
      write(content);
    } while (Files.getAttribute(file, "unix:ctime").equals(before));
  }

  /** In place, with the same time of change. */
  private void write(String content) throws IOException {
    Files.writeString(file, content);
    Files.setLastModifiedTime(file, FileTime.from(CHANGED));
  }
}
