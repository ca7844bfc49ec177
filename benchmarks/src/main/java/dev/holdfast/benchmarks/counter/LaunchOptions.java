// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

/**
 * What a server is started with beside its port and its data.
 *
 * @param commitDelayMillis added before each sync, as a slow disk would
 * @param javaOptions further options of the virtual machine, a space between two
 */
record LaunchOptions(int commitDelayMillis, String javaOptions) {
  static final LaunchOptions PLAIN = new LaunchOptions(0, "");

  static LaunchOptions delayingCommits(int millis) {
    return new LaunchOptions(millis, "");
  }
}
