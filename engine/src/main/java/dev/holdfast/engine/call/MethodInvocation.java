// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.DurableObject;
import dev.holdfast.engine.activation.CurrentEvent;
import dev.holdfast.engine.activation.Invocation;
import dev.holdfast.engine.activation.ObjectTraits;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A call of a typed method, with its arguments packed: it may wait as it is, and be tried again
 * without showing one attempt what another did to its arguments. Immutable.
 *
 * @param method which
 * @param arguments packed; nobody else's
 * @param weight how many bytes it takes in memory, roughly
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record MethodInvocation(RemoteMethod method, @Nullable Object[] arguments, int weight)
    implements Invocation {

  @Override
  public @Nullable Object invoke(DurableObject instance) throws Throwable {
    Object value = method.invoke(instance, arguments);
    if (method.async() && value instanceof CompletionStage<?> stage) {
      value = CurrentEvent.await(stage);
    }
    return method.copyResult(value);
  }

  @Override
  public Throwable translate(Throwable thrown) {
    return method.failures().translate(thrown);
  }

  @Override
  public boolean exclusive(ObjectTraits traits) {
    return traits.exclusive(method.signature());
  }

  @Override
  public String toString() {
    return method.toString();
  }
}
