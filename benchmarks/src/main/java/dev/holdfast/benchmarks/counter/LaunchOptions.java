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

  /** Refuses to start without the cache of loaded classes, where one is named. */
  static final LaunchOptions WITH_CACHE = new LaunchOptions(0, "-XX:AOTMode=on");

  static LaunchOptions delayingCommits(int millis) {
    return new LaunchOptions(millis, "");
  }
}
