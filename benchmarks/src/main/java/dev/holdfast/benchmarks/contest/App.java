// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

/**
 * What all servers of a contest serve, each in its way.
 *
 * @param name as {@code benchmarks/serve} knows it
 * @param readyPath answers GET with 200 as soon as a server serves
 */
public record App(String name, String readyPath) {}
