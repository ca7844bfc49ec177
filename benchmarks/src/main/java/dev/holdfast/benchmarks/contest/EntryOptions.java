// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Option;

/** Options of every contest: who takes part, and where. Filled by the command line. */
public final class EntryOptions {
  @Option(
      names = "--only",
      split = ",",
      defaultValue = "ours,floor,workerd",
      converter = Contender.ByLabel.class,
      description = "servers that take part (${DEFAULT-VALUE})")
  private Set<Contender> only = Set.of();

  @Option(
      names = "--data",
      defaultValue = "benchmarks/target/data",
      description = "where the servers keep their data; not in memory (${DEFAULT-VALUE})")
  private Path data = Path.of("");

  /** Who takes part, each once. */
  public Set<Contender> contenders() {
    return only;
  }

  public boolean has(Contender contender) {
    return only.contains(contender);
  }

  /** A folder that is there. */
  public Path data() throws IOException {
    return Files.createDirectories(data);
  }
}
