// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  @TempDir Path directory;

  /** Opens and closes a store. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      RocksStore.open(Path.of(arguments[0]), RocksStoreOptions.defaults()).close();
      System.out.println("opened");
    }
  }

  private void openInNewProcess() throws Exception {
    Process process = ChildProcess.start(Opener.class, directory.toString());
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("opened");
    }
    assertThat(process.waitFor()).isZero();
  }

  private Path library() throws Exception {
    try (Stream<Path> files = Files.walk(directory.resolve("native"))) {
      List<Path> found = files.filter(Files::isRegularFile).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }

  @Test
  void the_library_is_unpacked_once_and_again_only_when_its_copy_is_damaged() throws Exception {
    openInNewProcess();
    Path library = library();
    FileTime unpacked = Files.getLastModifiedTime(library);
    long size = Files.size(library);
    openInNewProcess();
    assertThat(Files.getLastModifiedTime(library())).isEqualTo(unpacked);

    Files.write(library, new byte[] {1, 2, 3});
    openInNewProcess();
    assertThat(Files.size(library())).isEqualTo(size);
  }
}
