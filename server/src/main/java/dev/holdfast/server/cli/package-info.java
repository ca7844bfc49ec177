/**
 * The {@code holdfast} command: {@code dev} and {@code run} build an app, start its node and wait
 * to be stopped; the other commands work on the data of a node, which may run meanwhile.
 *
 * <p>Read first: {@link dev.holdfast.server.cli.Main}, then {@link
 * dev.holdfast.server.cli.ServeCommand}, or {@link dev.holdfast.server.cli.BackupCommand} and
 * {@link dev.holdfast.server.cli.TaskRun}.
 *
 * <p>Threads: a command runs on the main thread; a signal reaches it through {@link
 * dev.holdfast.server.cli.StopSignal}.
 *
 * <p>Invariants: exit status 2 for mistakes in configuration or flags, 1 for everything else that
 * keeps a node from starting or from stopping in order; what a user can mend is told without a
 * stack trace. Lines for people go to standard output, errors and the log to standard error.
 */
@NullMarked
package dev.holdfast.server.cli;

import org.jspecify.annotations.NullMarked;
