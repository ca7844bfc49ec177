// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.SleepReason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last event of an activation that leaves memory in an orderly way. */
final class SleepEvent extends Event {
  private static final Logger log = LoggerFactory.getLogger(SleepEvent.class);

  private final SleepReason reason;

  SleepEvent(SleepReason reason) {
    super(null, NEVER);
    this.reason = reason;
  }

  @Override
  @Nullable Object run(DurableObject instance) throws Throwable {
    activation().table().traits(instance).beforeSleep(instance, reason);
    return null;
  }

  @Override
  boolean exclusive(ObjectTraits traits) {
    return true;
  }

  @Override
  Throwable translate(Throwable thrown) {
    return thrown;
  }

  @Override
  protected int weight() {
    return 0;
  }

  @Override
  void deliver(@Nullable Object result, @Nullable Throwable thrown) {
    if (thrown != null) {
      log.warn("{}: beforeSleep({}) failed", activation().object(), reason, thrown);
    }
  }

  @Override
  public String toString() {
    return "beforeSleep(" + reason + ")";
  }
}
