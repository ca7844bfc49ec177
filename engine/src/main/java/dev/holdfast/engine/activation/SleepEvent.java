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

  private SleepEvent(SleepReason reason) {
    super(null, NEVER);
    this.reason = reason;
  }

  /**
   * Lets an activation leave memory if nothing goes on in it and nothing keeps it awake.
   *
   * @return whether it is gone or about to go
   */
  static boolean enter(Activation activation, SleepReason reason) {
    SleepEvent event = new SleepEvent(reason);
    event.bind(activation);
    if (!activation.gate().enterIfIdle(event)) {
      return activation.isOver();
    }
    if (!activation.quiet(reason)) {
      activation.gate().leave(event);
      return false;
    }
    DurableObject instance = activation.instance();
    if (instance == null || !activation.table().traits(instance).overridesBeforeSleep()) {
      activation.end(Ending.sleep(), event, null);
    } else {
      activation.startThread(event);
    }
    return true;
  }

  /** Lets an activation leave memory that has begun and found nobody waiting. */
  static void enterIfUnused(Activation activation) {
    SleepEvent event = new SleepEvent(SleepReason.IDLE);
    event.bind(activation);
    if (activation.gate().enterIfIdle(event)) {
      if (activation.instance() == null) {
        activation.end(Ending.sleep(), event, null);
      } else {
        activation.gate().leave(event);
      }
    }
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
