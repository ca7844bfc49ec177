// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.config.Mode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast}: names its subcommands when called without one. */
@Command(
    name = "holdfast",
    description = "Durable objects for the JVM.",
    mixinStandardHelpOptions = true,
    versionProvider = HoldfastCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND")
final class HoldfastCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /** Runs a command line and returns the exit status. */
  static int execute(Surroundings surroundings, String... args) {
    Failures failures = new Failures(surroundings.err());
    return new CommandLine(new HoldfastCommand())
        .addSubcommand("dev", serve(Mode.DEV, surroundings, "Serve an app to this machine."))
        .addSubcommand("run", serve(Mode.RUN, surroundings, "Serve an app to everybody."))
        .addSubcommand("backup", new BackupCommand(surroundings))
        .addSubcommand("restore", new RestoreCommand(surroundings))
        .addSubcommand(ObjectCommand.create(surroundings))
        .setOut(surroundings.out())
        .setErr(surroundings.err())
        .setExecutionExceptionHandler((e, _, _) -> failures.report(e))
        .execute(args);
  }

  private static CommandLine serve(Mode mode, Surroundings surroundings, String description) {
    CommandLine command = new CommandLine(new ServeCommand(mode, surroundings));
    command.getCommandSpec().usageMessage().description(description);
    return command;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "Missing command: dev, run, object, backup or restore");
    }
  }

  /** The version of the jar; a build that runs from classes has none. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = HoldfastCommand.class.getPackage().getImplementationVersion();
      return new String[] {"holdfast " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
