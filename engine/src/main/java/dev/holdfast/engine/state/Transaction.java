// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

/**
 * A transaction within a turn, to tell it from others; it may have ended. Object thread only.
 *
 * @see ObjectState#depthOf
 */
public sealed interface Transaction permits Overlay {}
