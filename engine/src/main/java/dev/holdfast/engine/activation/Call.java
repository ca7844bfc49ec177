// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way to an object. Immutable.
 *
 * @param id whom it is for
 * @param invocation what it does there
 * @param chain the objects whose calls led to it; null if a worker makes it
 * @param deadlineNanos until when the caller waits, by the node's monotonic clock; {@link
 *     Event#NEVER} if for ever
 * @param reply where the answer goes
 */
record Call(
    ObjectId id,
    Invocation invocation,
    @Nullable CallChain chain,
    long deadlineNanos,
    Reply reply) {}
