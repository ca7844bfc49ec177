// SPDX-License-Identifier: Apache-2.0
/**
 * Files of a folder, in front of a worker.
 *
 * <p>Read first: {@link dev.holdfast.gateway.files.StaticFiles}, then {@code PublicFolder}, which
 * decides what is a file.
 *
 * <p>Threads: everything runs on the threads of the requests, and may block there.
 *
 * <p>Invariants: whatever a client asks for, nothing outside of the folder and nothing hidden is
 * opened; whoever may write below the folder is trusted with every file that the server can read,
 * as a folder may become a link between the look at its path and its opening. An entity tag is
 * never sent with the content of another version of its file, but for one of more than 16 MiB that
 * is changed in place and then replaced while it is sent; a large file is never wholly in memory.
 *
 * <p>This package must not know how HTTP is spoken: it makes responses as any worker does.
 */
@NullMarked
package dev.holdfast.gateway.files;

import org.jspecify.annotations.NullMarked;
