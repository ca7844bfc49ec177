/**
 * {@code holdfast dev} after the start: notices that files of the app changed, puts the new code in
 * place, and tells the terminal and the browser how that went.
 *
 * <p>Read first: {@link dev.holdfast.server.dev.DevServer}.
 *
 * <p>Threads: one thread watches, builds and replaces; pages are answered on the threads of their
 * requests.
 *
 * <p>Invariants: code that cannot be built, found or started changes nothing that runs; the port
 * and the sockets of clients outlive every change.
 *
 * <p>This package must not know the command line.
 */
@NullMarked
package dev.holdfast.server.dev;

import org.jspecify.annotations.NullMarked;
