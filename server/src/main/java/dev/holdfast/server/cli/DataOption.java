// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.NodeOptions;
import dev.holdfast.server.Tasks;
import dev.holdfast.server.config.AppConfig;
import dev.holdfast.server.config.Mode;
import dev.holdfast.server.config.Overrides;
import dev.holdfast.server.control.ControlException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Says which data directory a command is about: that of an app, or one that is named, as for a
 * program that embeds a node. Mixed into commands.
 */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory (default: that of the app).")
  private @Nullable String data;

  /**
   * The options of the node that keeps its data there. The data directory need not exist.
   *
   * @param app the app's folder; null if the command line names none
   * @param environment may name the data directory too
   * @throws dev.holdfast.server.config.ConfigException if what is named is no path, or the app's
   *     configuration is wrong
   * @throws ControlException if both {@code run} and {@code dev} have left data
   */
  NodeOptions node(@Nullable Path app, Map<String, String> environment) {
    NodeOptions run = node(app, environment, Mode.RUN);
    NodeOptions dev = node(app, environment, Mode.DEV);
    if (run.data().equals(dev.data()) || !Tasks.isStore(dev.data())) {
      return run;
    }
    if (Tasks.isStore(run.data())) {
      throw new ControlException(
          "both holdfast run and holdfast dev have data of this app: say which with --data %s or"
                  .formatted(run.data())
              + " --data "
              + dev.data());
    }
    return dev;
  }

  /** The options of the node that is to keep its data there when it is started with {@code run}. */
  NodeOptions fresh(@Nullable Path app, Map<String, String> environment) {
    return node(app, environment, Mode.RUN);
  }

  private NodeOptions node(@Nullable Path app, Map<String, String> environment, Mode mode) {
    Overrides overrides =
        new Overrides(data == null ? Map.of() : Map.of("--data", data), environment);
    if (data != null && app == null) {
      return NodeOptions.over(overrides.data().orElseThrow());
    }
    return AppConfig.read(app == null ? Path.of(".") : app, overrides, mode).node();
  }
}
