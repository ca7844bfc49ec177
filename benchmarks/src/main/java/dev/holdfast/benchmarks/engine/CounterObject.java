// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.engine;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;

/** One key, one field. */
public final class CounterObject extends DurableObject implements Counter {
  private long value;

  public CounterObject(ObjectContext ctx) {
    super(ctx);
    value = storage().get("value", Long.class).orElse(0L);
  }

  @Override
  public long increment(long by) {
    value += by;
    storage().put("value", value);
    return value;
  }

  @Override
  public long value() {
    return value;
  }

  @Override
  public long readOther(String name, int times) {
    Counter other = ctx().env().objects(Counter.class).getByName(name);
    long sum = 0;
    for (int i = 0; i < times; i++) {
      sum += other.value();
    }
    return sum;
  }
}
