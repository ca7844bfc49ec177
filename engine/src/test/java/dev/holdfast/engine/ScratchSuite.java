// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.page.ScratchLimits;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Tests that see the files of databases, of which only so many are open; each file is marked. */
abstract class ScratchSuite extends EngineSuite {
  @TempDir Path scratch;
  private final int openDatabases;

  ScratchSuite(int openDatabases) {
    this.openDatabases = openDatabases;
  }

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withSql(
        defaults
            .sql()
            .withScratch(scratch)
            .withLimits(new SqlLimits(1L << 30, 1 << 20, 4 << 10, 100, openDatabases))
            .withScratchLimits(new ScratchLimits(1L << 30, 0)));
  }

  /** The files whose names end so. */
  List<Path> files(String end) throws IOException {
    return ScratchDamage.files(scratch).stream()
        .filter(file -> file.toString().endsWith(end))
        .toList();
  }

  /** The files with that end that this process has open, each as often as it has. */
  List<String> openFiles(String end) throws IOException {
    return openFiles().stream()
        .map(file -> file.replace(" (deleted)", ""))
        .filter(file -> file.startsWith(scratch.toString()) && file.endsWith(end))
        .toList();
  }

  /** All that this process has open. */
  static List<String> openFiles() throws IOException {
    Path mine = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(mine), "the system lists descriptors");
    List<String> open = new ArrayList<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(mine)) {
      for (Path descriptor : descriptors) {
        try {
          open.add(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException e) {
          // That of the listing, for example.
        }
      }
    }
    return open;
  }
}
