// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.time.Instant;

/**
 * Keeps the end of a generation readable, whatever the retention rule says.
 *
 * @param generation which
 * @param until until when
 */
public record Pin(Generation generation, Instant until) {}
