// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A server that takes part: how to start it. Commands run in the root of the repository. */
enum Contender {
  /** The counter example, as a user would run it. */
  OURS("ours") {
    @Override
    ProcessBuilder command(int port, Path data, int commitDelayMillis) {
      ProcessBuilder command =
          new ProcessBuilder(
              "./holdfast",
              "run",
              "examples/counter",
              "--port",
              Integer.toString(port),
              "--data",
              data.toString());
      if (commitDelayMillis > 0) {
        command
            .environment()
            .put("HOLDFAST_JAVA_OPTS", "-Dholdfast.store.commitDelayMillis=" + commitDelayMillis);
      }
      return command;
    }
  },

  /** The same work by hand with the bare libraries; package {@code floor}. */
  FLOOR("floor") {
    @Override
    ProcessBuilder command(int port, Path data, int commitDelayMillis) {
      return new ProcessBuilder(
          "benchmarks/floor",
          System.getProperty("java.class.path"),
          "--port",
          Integer.toString(port),
          "--data",
          data.toString(),
          "--commit-delay-ms",
          Integer.toString(commitDelayMillis));
    }
  },

  /** The peer: an equivalent worker on workerd, from npm. */
  WORKERD("workerd") {
    @Override
    void prepare() throws IOException, InterruptedException {
      if (Files.isExecutable(binary())) {
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
          WORKERD_FOLDER,
          "--no-package-lock",
          "--no-audit",
          "--no-fund",
          "--ignore-scripts");
    }

    @Override
    ProcessBuilder command(int port, Path data, int commitDelayMillis) {
      return new ProcessBuilder(
          binary().toString(),
          "serve",
          WORKERD_FOLDER + "/config.capnp",
          "--directory-path",
          "disk=" + data,
          "--socket-addr",
          "http=127.0.0.1:" + port);
    }

    @Override
    boolean canDelayCommits() {
      return false;
    }
  };

  private static final String WORKERD_FOLDER = "benchmarks/workerd";

  final String label;

  Contender(String label) {
    this.label = label;
  }

  /** Installs what the server needs, once. */
  void prepare() throws IOException, InterruptedException {}

  /** The command that serves on the port, on the loopback, and keeps its data in the directory. */
  abstract ProcessBuilder command(int port, Path data, int commitDelayMillis);

  /** Whether a delay can be added to each commit. */
  boolean canDelayCommits() {
    return true;
  }

  /** The version of workerd that is installed; a question mark if none is. */
  static String workerdVersion() throws IOException, InterruptedException {
    return Files.isExecutable(binary())
        ? Command.outputOf(binary().toString(), "--version").strip().replace("workerd ", "")
        : "?";
  }

  /** The platform's own binary; its npm package is named after system and processor. */
  private static Path binary() {
    boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
    boolean arm = "aarch64".equals(System.getProperty("os.arch"));
    return Path.of(
        WORKERD_FOLDER,
        "node_modules/@cloudflare",
        "workerd-" + (mac ? "darwin-" : "linux-") + (arm ? "arm64" : "64"),
        "bin/workerd");
  }
}
