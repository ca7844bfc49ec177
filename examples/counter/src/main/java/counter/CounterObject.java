// SPDX-License-Identifier: Apache-2.0
package counter;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;

/** One counter. */
public final class CounterObject extends DurableObject implements Counter {
  private long value; // a consistent copy: nobody else writes it

  public CounterObject(ObjectContext ctx) {
    super(ctx);
    value = storage().get("value", Long.class).orElse(0L);
  }

  @Override
  public long increment(long by) {
    value += by;
    storage().put("value", value); // no await: the answer waits for the disk by itself
    return value;
  }

  @Override
  public long value() {
    return value;
  }
}
