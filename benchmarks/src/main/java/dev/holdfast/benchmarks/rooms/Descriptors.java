// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files a process may have open, sockets among them. */
final class Descriptors {
  /** For what a server opens beside sockets. */
  private static final int OTHERS = 200;

  private Descriptors() {}

  /** How many more may be opened here, or in a process started from here. */
  static long free() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - OTHERS
        : Long.MAX_VALUE;
  }
}
