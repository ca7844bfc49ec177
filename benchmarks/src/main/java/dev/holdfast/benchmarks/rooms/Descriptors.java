// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many sockets a process may have open: each takes a file descriptor. */
final class Descriptors {
  /** For what a server opens beside sockets. */
  private static final int OTHERS = 200;

  private Descriptors() {}

  /** The most sockets that fit the limit of this process, which those it starts share. */
  static long sockets() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - OTHERS
        : Long.MAX_VALUE;
  }
}
