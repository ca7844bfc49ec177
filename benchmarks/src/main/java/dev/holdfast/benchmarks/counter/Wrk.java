// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.Command;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator: <a href="https://github.com/wg/wrk">wrk</a> with durable-counter.lua. */
final class Wrk {
  private static final String SCRIPT = "benchmarks/durable-counter.lua";
  private static final Pattern RESULT =
      Pattern.compile(
          "^result (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$", Pattern.MULTILINE);
  private static final Pattern VERSION = Pattern.compile("^wrk (\\S+)");

  private Wrk() {}

  /** Installs wrk where that is one command away, else says how; returns its version. */
  static String require() throws IOException, InterruptedException {
    if (!Command.exists("wrk")) {
      if (!"root".equals(System.getProperty("user.name")) || !Command.exists("apt-get")) {
        throw new IOException(
            "The load generator wrk is not on the PATH; install it (Debian: apt-get install wrk,"
                + " macOS: brew install wrk)");
      }
      Command.run("apt-get", "install", "-y", "wrk");
    }
    Matcher version = VERSION.matcher(Command.outputOf("wrk", "-v"));
    return version.find() ? version.group(1) : "of unknown version";
  }

  /** Sends requests for a while, over as many connections as the workload says. */
  static Load drive(int port, Workload workload, Duration duration)
      throws IOException, InterruptedException {
    String output =
        Command.outputOf(
            "wrk",
            "--threads=1", // on two cores a second thread takes from the server what it gives
            "--connections=" + workload.connections(),
            "--duration=" + duration.toSeconds() + "s",
            "--script=" + SCRIPT,
            "http://127.0.0.1:" + port + "/",
            "--",
            workload.kind().method,
            Integer.toString(workload.objects()));
    Matcher result = RESULT.matcher(output);
    if (!result.find()) {
      throw new IOException("wrk printed no result line:\n" + output);
    }
    return new Load(
        Long.parseLong(result.group(1)),
        micros(result.group(2)),
        micros(result.group(3)),
        micros(result.group(4)),
        Long.parseLong(result.group(5)),
        Long.parseLong(result.group(6)),
        micros(result.group(7)));
  }

  private static Duration micros(String number) {
    return Duration.of(Long.parseLong(number), ChronoUnit.MICROS);
  }
}
