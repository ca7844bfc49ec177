/**
 * Values as bytes: what is stored, what calls carry, and what an exception becomes on its way to
 * the caller.
 *
 * <p>Read first: {@link dev.holdfast.engine.codec.Codec}, then {@code Form}, of which there is one
 * per type, and {@code FormResolution}, which makes them. {@code Scalars} is the short cut for
 * values of a few bytes.
 *
 * <p>Threads: everything public is thread-safe, and nothing here blocks or knows which thread runs
 * it.
 *
 * <p>Invariants: a value comes back equal or is refused, never changed on the way. The bytes depend
 * on the value alone, not on the type it was declared as. No name in the bytes is ever looked up
 * but in a closed list: a record's components, an enum's constants, a sealed interface's permitted
 * subclasses, the exceptions a method declares. What is nested, long or damaged ends in one
 * exception type, not in a full stack or heap.
 *
 * <p>This package must not know objects, storage or calls.
 */
@NullMarked
package dev.holdfast.engine.codec;

import org.jspecify.annotations.NullMarked;
