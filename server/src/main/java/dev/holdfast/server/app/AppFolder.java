// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import dev.holdfast.Worker;
import dev.holdfast.gateway.files.StaticFiles;
import dev.holdfast.server.config.AppConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of an app, and what is where in it. Immutable.
 *
 * @param root the folder that holds {@code holdfast.toml}
 */
public record AppFolder(Path root) {

  /** What names the app's classes. */
  public Path configuration() {
    return root.resolve(AppConfig.FILE);
  }

  /** What is served as it is. */
  public Path pages() {
    return root.resolve("public");
  }

  /** Maven's description of the app, if it is built with Maven. */
  Path pom() {
    return root.resolve("pom.xml");
  }

  /** Sources and resources, mixed or in Maven's layout. */
  Path source() {
    return root.resolve("src");
  }

  /** Libraries of an app without a pom.xml, in the order of their names. */
  List<Path> libraries() {
    Path lib = root.resolve("lib");
    if (!Files.isDirectory(lib)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(lib)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + lib, e);
    }
  }

  /** A worker with what is served as it is in front of it, if there is any. */
  public Worker behindPages(Worker worker) {
    return Files.isDirectory(pages()) ? new StaticFiles(pages(), worker) : worker;
  }

  /**
   * What Holdfast itself keeps in the app, made if absent and hidden from Git.
   *
   * @throws UncheckedIOException if it cannot be made
   */
  Path work() {
    Path work = root.resolve(".holdfast");
    try {
      Files.createDirectories(work);
      Path ignore = work.resolve(".gitignore");
      if (!Files.exists(ignore)) {
        Files.writeString(ignore, "*\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + work, e);
    }
    return work;
  }
}
