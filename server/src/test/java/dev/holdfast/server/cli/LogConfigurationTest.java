// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** In a process of its own, since the log of a JVM is configured once. */
class LogConfigurationTest {

  /** What the process does. */
  static final class Logging {
    private Logging() {}

    public static void main(String[] args) {
      if (args.length > 0) {
        LogConfiguration.use();
      }
      Logger log = LoggerFactory.getLogger(Logging.class);
      log.info("first\nsecond");
      try (MDC.MDCCloseable _ = MDC.putCloseable("object", "Counter/a")) {
        log.warn("failed", new IllegalStateException("broken\nbadly"));
      }
      log.debug("not shown");
    }
  }

  @Test
  void an_event_is_one_line_with_the_name_of_its_object() throws Exception {
    List<String> lines = run("use");

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).matches("\\S+T\\S+ INFO  \\S*Logging first \\| second");
    assertThat(lines.get(1))
        .matches(
            "\\S+T\\S+ WARN  \\S*Logging \\[Counter/a] failed"
                + " \\| java\\.lang\\.IllegalStateException: broken \\| badly \\| at .*");
  }

  @Test
  void a_program_that_embeds_holdfast_keeps_its_own_log() throws Exception {
    assertThat(run()).anyMatch(line -> line.contains("not shown"));
  }

  private static List<String> run(String... args) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Logging.class.getName());
    builder.command().addAll(List.of(args));
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }
}
