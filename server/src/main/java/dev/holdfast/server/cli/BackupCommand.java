// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.Tasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast backup}: copies the data of a node, which may run meanwhile. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = HoldfastCommand.Version.class,
    description = {
      "Back up the data of an app, also while it serves.",
      "",
      "What was confirmed before the command began is in the backup. TARGET appears when it is"
          + " whole. Keep it where only you can read it: it holds the secrets of the app's ids."
    })
final class BackupCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private DataOption data = new DataOption();

  @Parameters(
      arity = "1..2",
      paramLabel = "[APP] TARGET",
      hideParamSyntax = true,
      description = {
        "APP: the app's folder, the one with holdfast.toml (default: this one).",
        "TARGET: the folder to make, which must not be there yet."
      })
  private List<Path> paths = new ArrayList<>();

  BackupCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    Path app = paths.size() == 1 ? null : paths.getFirst();
    TaskRun.print(
        surroundings, data.node(app, surroundings.environment()), Tasks.backup(paths.getLast()));
    return 0;
  }
}
