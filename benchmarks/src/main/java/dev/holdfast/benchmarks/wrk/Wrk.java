// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import dev.holdfast.benchmarks.contest.Command;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The load generator: <a href="https://github.com/wg/wrk">wrk</a> with a script of ours that says
 * what it asks for.
 */
public final class Wrk {
  private static final Pattern RESULT =
      Pattern.compile(
          "^result (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$", Pattern.MULTILINE);
  private static final Pattern VERSION = Pattern.compile("^wrk (\\S+)");

  private Wrk() {}

  /** Installs wrk where that is one command away, else says how; returns its version. */
  public static String require() throws IOException, InterruptedException {
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

  /** Sends requests for a while, each connection the next when it has its answer. */
  static Load drive(int port, Requests requests, Duration duration)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add("wrk");
    command.add("--threads=1"); // on two cores a second thread takes from the server what it gives
    command.add("--connections=" + requests.connections());
    command.add("--duration=" + duration.toSeconds() + "s");
    command.add("--script=" + requests.script());
    command.add("http://127.0.0.1:" + port + "/");
    command.add("--");
    command.addAll(requests.arguments());
    String output = Command.outputOf(command.toArray(String[]::new));
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
