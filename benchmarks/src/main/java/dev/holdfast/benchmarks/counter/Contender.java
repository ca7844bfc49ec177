// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that takes part. {@code benchmarks/serve} knows how each is started. */
enum Contender {
  /** The counter example, as a user would run it. */
  OURS("ours") {
    @Override
    void prepare() throws IOException, InterruptedException {
      Command.run("scripts/build-server");
    }
  },

  /** The same work by hand with the bare libraries; package {@code floor}. */
  FLOOR("floor") {
    @Override
    void prepare() throws IOException, InterruptedException {
      FloorCache.refresh();
    }
  },

  /** The peer: an equivalent worker on workerd, from npm. */
  WORKERD("workerd") {
    @Override
    void prepare() throws IOException, InterruptedException {
      if (workerdIsInstalled()) {
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
      if (!workerdIsInstalled()) {
        throw new IOException(
            "npm left no workerd in "
                + WORKERD_PROGRAMS
                + "; there may be none for this platform: leave it out with --only ours,floor");
      }
    }

    @Override
    boolean canDelayCommits() {
      return false;
    }
  };

  private static final Path WORKERD_PACKAGE =
      Path.of("benchmarks/workerd/node_modules/workerd/package.json");

  /** Holds a package with the program itself for each platform that was installed. */
  private static final Path WORKERD_PROGRAMS =
      Path.of("benchmarks/workerd/node_modules/@cloudflare");

  private static final Pattern VERSION = Pattern.compile("\"version\": *\"([^\"]+)\"");

  final String label;

  Contender(String label) {
    this.label = label;
  }

  /** Builds or installs what the server needs, where that is out of date. */
  abstract void prepare() throws IOException, InterruptedException;

  /** Whether a delay can be added to each commit. */
  boolean canDelayCommits() {
    return true;
  }

  private static boolean workerdIsInstalled() throws IOException {
    if (!Files.exists(WORKERD_PACKAGE) || !Files.isDirectory(WORKERD_PROGRAMS)) {
      return false;
    }
    try (DirectoryStream<Path> programs = Files.newDirectoryStream(WORKERD_PROGRAMS, "workerd-*")) {
      for (Path program : programs) {
        if (Files.isExecutable(program.resolve("bin/workerd"))) {
          return true;
        }
      }
      return false;
    }
  }

  /** The version of workerd that is installed; a question mark if none is. */
  static String workerdVersion() throws IOException {
    if (!Files.exists(WORKERD_PACKAGE)) {
      return "?";
    }
    Matcher version = VERSION.matcher(Files.readString(WORKERD_PACKAGE));
    return version.find() ? version.group(1) : "?";
  }
}
