// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import dev.holdfast.benchmarks.contest.ResidentMemory;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process holds after a full collection.
 *
 * @param heap bytes
 * @param direct bytes of buffers outside of the heap
 * @param resident bytes of the process
 */
record Memory(HeapHistogram heap, long direct, long resident) {

  static Memory now() throws IOException, InterruptedException {
    System.gc(); // what is freed by cleaners is gone with the second one
    HeapHistogram heap = HeapHistogram.afterCollection();
    long ofJdk =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    // Which of the two counts them depends on how Netty gets its buffers.
    return new Memory(
        heap,
        Math.max(ofJdk, PlatformDependent.usedDirectMemory()),
        ResidentMemory.of(ProcessHandle.current()));
  }
}
