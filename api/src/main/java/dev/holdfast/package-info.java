// SPDX-License-Identifier: Apache-2.0
/**
 * Everything that user code compiles against: durable objects, the storage they own, the stubs that
 * reach them, and the workers in front of them.
 *
 * <p>Read first: {@link dev.holdfast.DurableObject}, then {@link dev.holdfast.ObjectContext} and
 * {@link dev.holdfast.Storage}. A caller starts at {@link dev.holdfast.Holdfast} or at the {@link
 * dev.holdfast.Env} that a {@link dev.holdfast.Worker} is given.
 *
 * <p>Threads: code of one activation never runs on two threads at once. Types say in their Javadoc
 * whether they are <em>immutable</em>, <em>thread-safe</em> or for the <em>object thread only</em>.
 *
 * <p>This package must not know how objects are run, stored or reached over a network; it depends
 * on nothing but JSpecify.
 */
@NullMarked
package dev.holdfast;

import org.jspecify.annotations.NullMarked;
