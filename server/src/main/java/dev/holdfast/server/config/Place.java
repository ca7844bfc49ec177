// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

/**
 * Where something was written: a line of a file, an environment variable, a flag. Immutable.
 *
 * @param source the file, variable or flag
 * @param line from 1; 0 where lines mean nothing
 */
public record Place(String source, int line) {

  /** A place without lines. */
  public static Place of(String source) {
    return new Place(source, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line;
  }
}
