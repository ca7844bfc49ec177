// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

/**
 * A permission to commit to one object, valid until the object is opened again, released, or the
 * store's epoch changes. Immutable.
 *
 * @param object which object
 * @param epoch the store's epoch when it was opened
 * @param number distinguishes the openings of one epoch
 */
public record Opening(ObjectRef object, long epoch, long number) {}
