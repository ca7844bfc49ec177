// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;

/** Memory that the system has given to a process. */
public final class ResidentMemory {
  private ResidentMemory() {}

  /** In bytes; none if the process has ended. */
  public static long of(ProcessHandle process) throws IOException, InterruptedException {
    String kibibytes =
        Command.outputOf("ps", "-o", "rss=", "-p", Long.toString(process.pid())).strip();
    return kibibytes.isEmpty() ? 0 : Long.parseLong(kibibytes) << 10;
  }
}
