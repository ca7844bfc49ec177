// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.Output;

/** A call that leaves an object once what its turn wrote before is durable. */
record CallOutput(ActivationTable target, Call call, CallEvent event) implements Output {

  @Override
  public void leave() {
    target.bring(call.id(), event, false);
  }

  @Override
  public void drop(StorageException failure) {
    event.neverLeft(failure);
  }
}
