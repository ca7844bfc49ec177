// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.time.Instant;

/**
 * Keeps the end of a generation readable, whatever the retention rule says. It keeps what is there
 * when the commit that carries it is applied: an object that pins a generation when it ends loses
 * nothing of it. Pinned more than once, it is kept until the latest of the times. Immutable.
 *
 * @param generation which; not after that of the commit that carries the pin
 * @param until until when, exclusive, by the store's clock
 */
public record Pin(Generation generation, Instant until) {}
