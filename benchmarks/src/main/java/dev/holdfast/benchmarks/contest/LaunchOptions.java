// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

/**
 * What a server is started with beside its port and its data.
 *
 * @param commitDelayMillis added before each sync, as a slow disk would
 * @param javaOptions further options of the virtual machine, a space between two
 */
public record LaunchOptions(int commitDelayMillis, String javaOptions) {
  public static final LaunchOptions PLAIN = new LaunchOptions(0, "");

  public static LaunchOptions delayingCommits(int millis) {
    return new LaunchOptions(millis, "");
  }
}
