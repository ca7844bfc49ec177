// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.Tasks;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast restore}: makes a data directory of a backup. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = HoldfastCommand.Version.class,
    description = {
      "Make a data directory of a backup.",
      "",
      "The backup is compared with its checksums first. The data directory must be empty, or not there:",
      "stop the app and move the old one away."
    })
final class RestoreCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private DataOption data = new DataOption();

  @Parameters(index = "0", paramLabel = "BACKUP", description = "The folder that backup has made.")
  private Path backup = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "APP",
      description = "The app's folder, the one with holdfast.toml (default: this one).")
  private @Nullable Path app;

  RestoreCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    Path directory = data.fresh(app, surroundings.environment()).data();
    surroundings
        .out()
        .println(
            TaskRun.untilStopped(
                surroundings, "the restore of " + backup, () -> Tasks.restore(backup, directory)));
    return 0;
  }
}
