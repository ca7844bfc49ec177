// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import java.util.List;

/**
 * What the load generator asks for.
 *
 * @param connections open at a time, each with one request in flight
 * @param script in Lua; it makes the requests and prints a line that starts with {@code result}
 * @param arguments what the script gets
 */
public record Requests(int connections, String script, List<String> arguments) {
  public Requests {
    arguments = List.copyOf(arguments);
  }
}
