// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waits for what comes at once or soon, without the tenth of a second that Awaitility takes. */
final class Waiting {
  private Waiting() {}

  static ConditionFactory await() {
    return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
  }
}
