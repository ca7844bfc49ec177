// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration has mistakes: all of them. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  ConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** The mistakes, in the order of their lines; at least one. */
  public List<Problem> problems() {
    return problems;
  }
}
