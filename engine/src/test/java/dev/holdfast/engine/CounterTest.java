// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CounterTest {
  public interface Counter {
    long increment(long by);

    long value();
  }

  public static final class CounterObject extends DurableObject implements Counter {
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
  }

  @Test
  void counts() throws Exception {
    try (InMemoryStore store = new InMemoryStore(InstantSource.system(), Retention.DEFAULT);
        Engine engine =
            Engine.start(
                EngineOptions.defaults(),
                store,
                List.of(new ObjectClass<>("Counter", Counter.class, CounterObject::new)))) {
      Counter a = engine.objects(Counter.class).getByName("a");
      assertThat(a.increment(2)).isEqualTo(2);
      assertThat(a.increment(3)).isEqualTo(5);
      assertThat(a.value()).isEqualTo(5);
      CountDownLatch done = new CountDownLatch(200);
      for (int i = 0; i < 200; i++) {
        Thread.startVirtualThread(
            () -> {
              for (int k = 0; k < 50; k++) {
                a.increment(1);
              }
              done.countDown();
            });
      }
      done.await();
      assertThat(a.value()).isEqualTo(10_005);
    }
  }
}
