// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import org.jspecify.annotations.Nullable;

/** Where the answer to a call goes. One of the two is called, once; neither may block. */
public interface Reply {

  /** The call's result; null if it has none. */
  void complete(@Nullable Object value);

  /** Why there is no result. */
  void fail(Throwable failure);
}
