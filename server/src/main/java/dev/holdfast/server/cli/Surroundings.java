// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a command needs of the process it runs in.
 *
 * @param environment the environment variables
 * @param out for what people asked for
 * @param err for what went wrong
 * @param stop when to end
 * @param terminal where to ask; gives null if nobody can be asked
 */
record Surroundings(
    Map<String, String> environment,
    PrintWriter out,
    PrintWriter err,
    StopSignal stop,
    Supplier<@Nullable Terminal> terminal) {}
