/**
 * What an app says about itself in {@code holdfast.toml}, and what the environment and the flags
 * say over it.
 *
 * <p>Read first: {@link dev.holdfast.server.config.AppConfig}, then {@link
 * dev.holdfast.server.config.TableReader}.
 *
 * <p>Threads: everything here runs on the thread that starts the node.
 *
 * <p>Invariants: flags win over the environment, and the environment over the file. Reading does
 * not stop at the first mistake: all are reported together, each with its line.
 *
 * <p>This package must not know how an app is compiled or loaded.
 */
@NullMarked
package dev.holdfast.server.config;

import org.jspecify.annotations.NullMarked;
