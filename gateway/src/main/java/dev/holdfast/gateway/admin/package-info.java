// SPDX-License-Identifier: Apache-2.0
/**
 * What a node tells its operator: pages of JSON on a port of their own.
 *
 * <p>Read first: {@link dev.holdfast.gateway.admin.AdminServer}, then one of the pages. A new page
 * is a class that implements {@link dev.holdfast.gateway.admin.AdminPage}, and is named where the
 * node is put together.
 *
 * <p>Threads: pages are made by the event loop of this port, which serves nothing else; they only
 * read what is counted anyway, and wait for nothing.
 *
 * <p>Invariants: nothing can be changed here; a page is not for those who cannot reach the port,
 * and not for sites that a browser of this machine shows.
 *
 * <p>This package must not know how objects run or how requests are served.
 */
@NullMarked
package dev.holdfast.gateway.admin;

import org.jspecify.annotations.NullMarked;
