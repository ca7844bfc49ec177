// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.durability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A trace of a server's system calls, as {@code strace -f -yy} writes it, read for the order of
 * what matters: a request comes, the log is written, the log is synced, the answer goes.
 */
final class SyscallTrace {
  /** Options that record what {@link #checkAnswers} reads. */
  static final List<String> OPTIONS =
      List.of(
          "-f",
          "-yy",
          "-s",
          "48",
          "-e",
          "trace=read,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,fdatasync,fsync");

  /** What has to come next; with {@code REQUEST}, answers are those to reads. */
  private enum Step {
    REQUEST,
    LOG_WRITTEN,
    SYNCED,
    ANSWER
  }

  private final Path file;

  SyscallTrace(Path file) {
    this.file = file;
  }

  /**
   * Follows one connection's increments, one at a time.
   *
   * @return how many answers were each preceded by their request, a write to the log, and the
   *     return of a sync of the log, in this order, and left outside every sync
   */
  int checkAnswers() throws IOException {
    int answers = 0;
    Step expected = Step.REQUEST;
    Set<String> syncing = new HashSet<>();
    try (Stream<String> lines = Files.lines(file)) {
      for (String line : (Iterable<String>) lines::iterator) {
        String thread = line.substring(0, Math.max(0, line.indexOf(' ')));
        if (isAnswer(line) && expected != Step.REQUEST) {
          if (expected != Step.ANSWER || !syncing.isEmpty()) {
            throw new DurabilityBroken(
                "an answer left while %s was expected%s: %s"
                    .formatted(
                        expected, syncing.isEmpty() ? "" : " and a sync was going on", line));
          }
          answers++;
          expected = Step.REQUEST;
        } else if (isRequest(line)) {
          expected = Step.LOG_WRITTEN;
        } else if (expected == Step.LOG_WRITTEN && isLogWrite(line)) {
          expected = Step.SYNCED;
        } else if (line.contains("fdatasync(") && line.contains(".log>")) {
          if (line.contains("<unfinished")) {
            syncing.add(thread);
          } else if (expected == Step.SYNCED && line.contains("= 0")) {
            expected = Step.ANSWER;
          }
        } else if (line.contains("fdatasync resumed") && syncing.remove(thread)) {
          if (expected == Step.SYNCED && line.contains("= 0")) {
            expected = Step.ANSWER;
          }
        }
      }
    }
    return answers;
  }

  private static boolean isRequest(String line) {
    return line.contains("\"POST /counters/");
  }

  private static boolean isAnswer(String line) {
    return line.contains("<TCP") && line.contains("HTTP/1.1 200");
  }

  private static boolean isLogWrite(String line) {
    return (line.contains("write(") || line.contains("pwrite64(") || line.contains("writev("))
        && line.contains(".log>");
  }
}
