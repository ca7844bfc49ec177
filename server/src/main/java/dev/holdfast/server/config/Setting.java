// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

/**
 * A value, and where it was written. Immutable.
 *
 * @param value what was written
 * @param place where
 */
public record Setting<T>(T value, Place place) {}
