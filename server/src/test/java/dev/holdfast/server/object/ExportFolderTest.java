// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folder of an export is there as a whole or not at all. */
class ExportFolderTest {
  @TempDir private Path folder;

  private static byte[] sent(byte[] database) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ExportStream stream = new ExportStream(bytes);
    stream.begin();
    stream.file(ExportStream.ABOUT).write("void".getBytes(UTF_8));
    stream.file(ExportStream.DATABASE).write("void".getBytes(UTF_8));
    stream.begin();
    stream.file(ExportStream.ABOUT).write("{}\n".getBytes(UTF_8));
    stream.file(ExportStream.ENTRIES).write(database, 0, database.length / 2);
    stream.end();
    return bytes.toByteArray();
  }

  private long left() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    }
  }

  @Test
  void however_the_stream_is_cut_the_files_are_what_was_written_last() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] content = new byte[200_000];
    random.nextBytes(content);
    byte[] sent = sent(content);
    for (int i = 0; i < 30; i++) {
      Path target = folder.resolve("export" + i);
      int most = 1 + random.nextInt(i % 3 == 0 ? 4 : 50_000);
      try (ExportFolder export = ExportFolder.create(target)) {
        for (int at = 0; at < sent.length; ) {
          int length = Math.min(sent.length - at, 1 + random.nextInt(most));
          export.write(sent, at, length);
          at += length;
        }
        assertThat(target).as("seed %d", seed).doesNotExist();
        export.finish();
      }
      assertThat(target.resolve("object.json")).hasContent("{}\n");
      assertThat(Files.readAllBytes(target.resolve("entries.jsonl")))
          .as("seed %d", seed)
          .isEqualTo(Arrays.copyOf(content, content.length / 2));
      assertThat(target.resolve("database.sqlite")).doesNotExist();
    }
    assertThat(left()).isEqualTo(30);
  }

  @Test
  void a_stream_that_ends_early_or_is_damaged_leaves_nothing() throws Exception {
    byte[] sent = sent(new byte[100]);
    for (int length = 0; length < sent.length; length += 7) {
      try (ExportFolder export = ExportFolder.create(folder.resolve("x"))) {
        export.write(sent, 0, length);
        assertThatThrownBy(export::finish).isInstanceOf(IOException.class);
      }
      assertThat(left()).as("after %d bytes", length).isZero();
    }
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      byte[] garbage = new byte[random.nextInt(60)];
      random.nextBytes(garbage);
      if (garbage.length > 0) {
        garbage[0] = "BFCEx".getBytes(UTF_8)[random.nextInt(5)];
      }
      try (ExportFolder export = ExportFolder.create(folder.resolve("x"))) {
        export.write(garbage);
      } catch (IOException e) {
        assertThat(e).as("seed %d", seed).hasMessageContaining("export");
      }
      assertThat(left()).as("seed %d", seed).isZero();
    }
  }

  @Test
  void a_name_that_leads_elsewhere_is_refused() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ExportStream stream = new ExportStream(bytes);
    stream.file("../elsewhere").write(1);
    try (ExportFolder export = ExportFolder.create(folder.resolve("x"))) {
      assertThatThrownBy(() -> export.write(bytes.toByteArray()))
          .hasMessageContaining("a file called ../elsewhere");
    }
    assertThat(left()).isZero();
  }

  @Test
  void what_has_come_to_be_in_its_place_meanwhile_stays() throws Exception {
    Path target = folder.resolve("x");
    try (ExportFolder export = ExportFolder.create(target)) {
      export.write(sent(new byte[10]));
      Files.createDirectory(target);
      assertThatThrownBy(export::finish).isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThat(target).isEmptyDirectory();
    assertThat(left()).isEqualTo(1);
  }
}
