// SPDX-License-Identifier: Apache-2.0
/**
 * The past of an object: which moments of it are kept, how they are read, and the way back.
 *
 * <p>Read first: {@link dev.holdfast.engine.history.ObjectHistory}, then {@link
 * dev.holdfast.engine.history.Rewrite}.
 *
 * <p>For operators, {@link dev.holdfast.engine.history.HistoryChange} does the same without an
 * activation, and {@link dev.holdfast.engine.history.KeptStates} and {@link
 * dev.holdfast.engine.history.SteadyReading} look from outside.
 *
 * <p>Threads: object thread only, but for what is for operators.
 *
 * <p>Invariants: a bookmark is the end of a generation, so what it shows is the state after one
 * commit; the commit of the turn that handed it out pins it. The bookmark that undoes a going back
 * is the one exception: which generation it stands for is known, and pinned, when the object goes
 * back. Nothing is read that no pin is known to keep. While an object goes back it is closed, and
 * however often that breaks off it goes on where it was.
 *
 * <p>This package must not know gates, events or calls.
 */
@NullMarked
package dev.holdfast.engine.history;

import org.jspecify.annotations.NullMarked;
