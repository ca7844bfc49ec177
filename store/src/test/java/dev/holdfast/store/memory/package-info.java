// SPDX-License-Identifier: Apache-2.0
/**
 * The contract over the in-memory store, and what only this store can show: what waits for what.
 */
@NullMarked
package dev.holdfast.store.memory;

import org.jspecify.annotations.NullMarked;
