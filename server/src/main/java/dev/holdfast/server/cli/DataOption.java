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
      description =
          "The data directory (default: that of the app: APP/data, or APP/.holdfast/data if dev"
              + " alone has run).")
  private @Nullable Path data;

  /**
   * The options of the node that keeps its data there. The data directory need not exist.
   *
   * @param app the app's folder; null if the command line names none
   * @param environment may name the data directory too
   * @throws dev.holdfast.server.config.ConfigException if the app's configuration is wrong
   * @throws ControlException if both {@code run} and {@code dev} have left data
   */
  NodeOptions node(@Nullable Path app, Map<String, String> environment) {
    Path named = data;
    if (named != null && app == null) {
      return NodeOptions.over(named);
    }
    Path folder = app == null ? Path.of(".") : app;
    Overrides overrides =
        new Overrides(named == null ? Map.of() : Map.of("--data", named.toString()), environment);
    NodeOptions run = AppConfig.read(folder, overrides, Mode.RUN).node();
    NodeOptions dev = AppConfig.read(folder, overrides, Mode.DEV).node();
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
}
