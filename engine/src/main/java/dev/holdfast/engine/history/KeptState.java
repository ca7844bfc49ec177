// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.Bookmark;
import java.time.Instant;

/**
 * A state that an object had, and that is kept. Immutable.
 *
 * @param bookmark by which it can be asked for
 * @param since the second in which it came about
 * @param until when it may go
 * @param handedOut whether the bookmark was handed out, and is kept for that; else it is a moment
 *     that the rule keeps
 * @param present whether it is the object's state now
 */
public record KeptState(
    Bookmark bookmark, Instant since, Instant until, boolean handedOut, boolean present) {}
