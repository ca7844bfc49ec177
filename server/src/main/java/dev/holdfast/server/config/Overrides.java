// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the command line and the environment say over the file. Immutable.
 *
 * @param flags by name, {@code --port}
 * @param environment by variable, {@code HOLDFAST_PORT}
 */
public record Overrides(Map<String, String> flags, Map<String, String> environment) {
  public Overrides {
    flags = Map.copyOf(flags);
    environment = Map.copyOf(environment);
  }

  /**
   * The data directory that is named outside the file, where no app is.
   *
   * @throws ConfigException if that is no path
   */
  public Optional<Path> data() {
    Problems problems = new Problems();
    Optional<Path> data = data(problems);
    problems.throwIfAny();
    return data;
  }

  Optional<Path> data(Problems problems) {
    return find("data").flatMap(text -> AppConfig.path(text, problems));
  }

  /** The text given for a setting outside the file; the flag wins. */
  Optional<Setting<String>> find(String name) {
    String flag = "--" + name;
    String variable = "HOLDFAST_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    if (flags.containsKey(flag)) {
      return Optional.of(new Setting<>(flags.get(flag), Place.of(flag)));
    }
    return environment.containsKey(variable)
        ? Optional.of(new Setting<>(environment.get(variable), Place.of(variable)))
        : Optional.empty();
  }
}
