// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import org.jspecify.annotations.Nullable;

/** The answer to a call for which an event of another object waits, its baton handed on. */
final class SuspendedReply implements Reply {
  private final Event caller;
  private @Nullable Object value;
  private @Nullable Throwable failure;

  SuspendedReply(Event caller) {
    this.caller = caller;
  }

  @Override
  public void complete(@Nullable Object result) {
    value = result;
    caller.activation().gate().resume(caller);
  }

  @Override
  public void fail(Throwable cause) {
    failure = cause;
    caller.activation().gate().resume(caller);
  }

  /** The answer; the caller has the baton again. */
  @Nullable Object get() throws Throwable {
    if (failure != null) {
      throw failure;
    }
    return value;
  }
}
