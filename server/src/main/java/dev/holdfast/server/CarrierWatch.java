// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that objects which loop or sit in native code do not stop the node.
 *
 * <p>Such code occupies the thread that carries its virtual thread, and there are only as many
 * carriers as cores: two such objects stop a machine with two cores. More carriers from the start
 * would help, but then every hand-over between threads wakes an idle one, which costs a good part
 * of the throughput. So this has a virtual thread with nothing to do run now and then. If it waits
 * too long, no carrier is free, and their number is doubled, up to a limit. When virtual threads
 * have run promptly for a while it goes back to what it was.
 *
 * <p>Carriers belong to the virtual machine; nodes in one virtual machine watch the same ones.
 */
final class CarrierWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CarrierWatch.class);

  /** How long a virtual thread may wait for a carrier. */
  private static final long PATIENCE_MILLIS = 50;

  /** How often in a row a virtual thread has to run promptly before carriers are given back. */
  private static final int CALM = 200;

  /** How the virtual machine counts them when it starts. */
  private static final int USUAL =
      Integer.getInteger(
          "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());

  private static final int MOST =
      Math.min(
          Math.max(16, 4 * Runtime.getRuntime().availableProcessors()),
          Integer.getInteger("jdk.virtualThreadScheduler.maxPoolSize", Math.max(USUAL, 256)));

  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread =
      Thread.ofPlatform().daemon().name("holdfast-carriers").unstarted(this::run);

  // Of the watching thread, but for the first.
  private volatile boolean ran = true;
  private int carriers = USUAL;
  private int prompt;
  private boolean exhausted;

  private CarrierWatch() {}

  /** Starts watching. */
  static CarrierWatch start() {
    CarrierWatch watch = new CarrierWatch();
    watch.thread.start();
    return watch;
  }

  private void run() {
    try {
      while (!stop.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
        if (ran) {
          prompt++;
          if (prompt == CALM && carriers != USUAL) {
            set(USUAL);
          }
          ran = false;
          Thread.startVirtualThread(() -> ran = true);
        } else {
          prompt = 0;
          widen();
          nudge();
        }
      }
    } catch (InterruptedException e) {
      // Nobody but the end of the process interrupts this thread.
      Thread.currentThread().interrupt();
    }
    if (carriers != USUAL) {
      set(USUAL);
    }
  }

  private void widen() {
    int more = Math.min(MOST, 2 * carriers);
    if (more > carriers) {
      log.info(
          "all {} carriers of virtual threads are occupied, by code that loops or waits in native"
              + " code; going on with {}",
          carriers,
          more);
      set(more);
    } else if (!exhausted) {
      exhausted = true;
      log.warn(
          "all {} carriers of virtual threads are occupied, by code that loops or waits in native"
              + " code; everything else on this node waits for it",
          carriers);
    }
  }

  /**
   * Has the scheduler make carriers that it may have and has not. It makes one only when a virtual
   * thread comes to one of its queues that is empty, and the queue depends on who starts that: so
   * those that wait already would go on waiting until somebody new comes.
   */
  private void nudge() {
    if (scheduler().getPoolSize() < carriers) {
      Thread.ofPlatform()
          .daemon()
          .name("holdfast-carrier-nudge")
          .start(() -> Thread.startVirtualThread(() -> ran = true));
    }
  }

  /** Looked up only when it is needed, since that takes as long as half a start. */
  private static VirtualThreadSchedulerMXBean scheduler() {
    return ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
  }

  private void set(int count) {
    scheduler().setParallelism(count);
    carriers = count;
    exhausted = false;
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
