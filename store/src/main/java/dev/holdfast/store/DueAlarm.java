// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.time.Instant;

/**
 * An object whose alarm time has come.
 *
 * @param object which
 * @param at its alarm time
 */
public record DueAlarm(ObjectRef object, Instant at) {}
