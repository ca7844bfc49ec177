// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.app;

/** A room; all it does goes through its sockets. */
public interface Room {}
