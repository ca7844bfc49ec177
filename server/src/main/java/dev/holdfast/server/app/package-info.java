/**
 * From a folder to classes that can run: compiles an app when it is out of date, loads it in a
 * class loader of its own, and finds the constructors and interfaces that {@code holdfast.toml}
 * names.
 *
 * <p>Read first: {@link dev.holdfast.server.app.AppBuild}, then {@link
 * dev.holdfast.server.app.AppClassLoader} and {@link dev.holdfast.server.app.App}.
 *
 * <p>Threads: everything here runs on the thread that starts the node or replaces its code; a build
 * gets ready for the next in the background.
 *
 * <p>Invariants: an app sees the platform's API and none of its libraries; a build that fails
 * leaves the last good one in place and is tried again; classes that were handed out never change.
 *
 * <p>This package must not know the command line.
 */
@NullMarked
package dev.holdfast.server.app;

import org.jspecify.annotations.NullMarked;
