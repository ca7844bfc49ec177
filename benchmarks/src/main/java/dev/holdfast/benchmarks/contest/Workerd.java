// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The peer: its installation, from npm, and what is to be said of it. */
public final class Workerd {
  /** To be said below a table of resident memory, where it is told to keep its objects. */
  public static final String RESIDENT_MEMORY_NOTE =
      "RSS MiB of workerd cannot be compared with the others': it is told to keep every object that it"
          + " has opened in memory (preventEviction), while ours lets go of those that are idle.";

  private static final Path PACKAGE =
      Path.of("benchmarks/workerd/node_modules/workerd/package.json");

  /** Holds a package with the program itself for each platform that was installed. */
  private static final Path PROGRAMS = Path.of("benchmarks/workerd/node_modules/@cloudflare");

  private static final Pattern VERSION = Pattern.compile("\"version\": *\"([^\"]+)\"");

  private Workerd() {}

  /** Installs it unless it is there. */
  public static void install() throws IOException, InterruptedException {
    if (isInstalled()) {
      return;
    }
    if (!Command.exists("npm")) {
      throw new IOException(
          "workerd comes from npm, which is not on the PATH; install Node.js, or leave workerd"
              + " out with --only ours,floor");
    }
    Command.run(
        "npm",
        "install",
        "--prefix",
        "benchmarks/workerd",
        "--no-package-lock",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts");
    if (!isInstalled()) {
      throw new IOException(
          "npm left no workerd in "
              + PROGRAMS
              + "; there may be none for this platform: leave it out with --only ours,floor");
    }
  }

  private static boolean isInstalled() throws IOException {
    if (!Files.exists(PACKAGE) || !Files.isDirectory(PROGRAMS)) {
      return false;
    }
    try (DirectoryStream<Path> programs = Files.newDirectoryStream(PROGRAMS, "workerd-*")) {
      for (Path program : programs) {
        if (Files.isExecutable(program.resolve("bin/workerd"))) {
          return true;
        }
      }
      return false;
    }
  }

  /** The version that is installed; a question mark if none is. */
  public static String version() throws IOException {
    if (!Files.exists(PACKAGE)) {
      return "?";
    }
    Matcher version = VERSION.matcher(Files.readString(PACKAGE));
    return version.find() ? version.group(1) : "?";
  }
}
