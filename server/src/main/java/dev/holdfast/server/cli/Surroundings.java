// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import java.io.PrintWriter;
import java.util.Map;

/**
 * What a command needs of the process it runs in.
 *
 * @param environment the environment variables
 * @param out for what people asked for
 * @param err for what went wrong
 * @param stop when to end
 */
record Surroundings(
    Map<String, String> environment, PrintWriter out, PrintWriter err, StopSignal stop) {}
