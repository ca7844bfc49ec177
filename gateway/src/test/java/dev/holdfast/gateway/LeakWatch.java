// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import org.awaitility.Awaitility;

/**
 * Watches all buffers and the log of a gateway, until it is asked whether all is as it was before.
 */
final class LeakWatch implements AutoCloseable {
  private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
  private final LogRecord log = new LogRecord();
  private final Gateway gateway;

  /** Watches a gateway that was started just now: Vert.x turns the watch off when it starts. */
  LeakWatch(Gateway gateway) {
    this.gateway = gateway;
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
  }

  /** Nothing is left of all connections, and no error was logged. */
  void assertNothingLeft(String note) throws IOException {
    Awaitility.await(note)
        .until(
            () ->
                gateway.serving() == 0
                    && gateway.connections() == 0
                    && gateway.pendingResponseBytes() == 0
                    && gateway.overdue() == 0);
    // A buffer that was lost is reported when another is allocated after its collection.
    for (int i = 0; i < 3; i++) {
      System.gc();
      try (RawConnection connection = RawConnection.to(gateway)) {
        assertThat(connection.sendHead("GET / HTTP/1.1").read().status()).isPositive();
      }
    }
    assertThat(log.events()).as(note).noneMatch(e -> e.getLevel() == Level.ERROR);
  }

  @Override
  public void close() {
    ResourceLeakDetector.setLevel(before);
    log.close();
  }
}
