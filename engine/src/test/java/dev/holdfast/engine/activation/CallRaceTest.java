// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.CallTimeoutException;
import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.HoldfastException;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.ManualClock;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.gate.EntryGate;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.Faults.CommitFault;
import dev.holdfast.store.memory.InMemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What happens to a call while something else is being decided about it. The code of a call is
 * asked for its text and its weight at such moments: that is where these tests come between.
 */
class CallRaceTest {
  private final ManualClock clock = new ManualClock();
  private final InMemoryStore store = new InMemoryStore(clock, Retention.DEFAULT);
  private final Residents residents =
      new Residents(
          EngineOptions.defaults().withClock(clock),
          store,
          new SocketTable(clock, SocketLimits.DEFAULT),
          new Codec());
  private final ActivationTable table =
      new ActivationTable(
          new ObjectClass<>("Bare", Object.class, Bare::new), residents, new NoNamespaces());
  private final Calls calls = new Calls(table);
  private final ObjectId id = ObjectId.of(new byte[32], "a");

  CallRaceTest() {
    residents.add(table);
  }

  @AfterEach
  void stop() {
    residents.close();
    store.close();
  }

  private static final class Bare extends DurableObject {
    Bare(ObjectContext ctx) {
      super(ctx);
    }

    ObjectContext context() {
      return ctx();
    }
  }

  private static final class NoNamespaces implements Env {
    @Override
    public <T> ObjectNamespace<T> objects(Class<T> type) {
      throw new IllegalArgumentException("there is none");
    }

    @Override
    public <T> ObjectNamespace<T> objects(String namespace, Class<T> type) {
      throw new IllegalArgumentException("there is none");
    }
  }

  /** Code of an object. */
  private abstract static class Code implements Invocation {
    abstract Object run(Bare self) throws Exception;

    @Override
    public final Object invoke(DurableObject instance) throws Exception {
      return run((Bare) instance);
    }

    @Override
    public final Throwable translate(Throwable thrown) {
      return thrown;
    }

    @Override
    public final boolean exclusive(ObjectTraits traits) {
      return false;
    }

    @Override
    public int weight() {
      return 0;
    }

    @Override
    public String toString() {
      return "code";
    }
  }

  /** Takes answers down. */
  private static final class Answers implements Reply {
    private final List<String> all = new ArrayList<>();

    @Override
    public void complete(@Nullable Object value) {
      all.add(String.valueOf(value));
    }

    @Override
    public void fail(Throwable failure) {
      all.add(failure.getMessage());
    }
  }

  @Test
  void eventThatLeavesWhileItIsFoundTooSlow_doesNotTakeTheNextWithIt() {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch nextGoesOn = new CountDownLatch(1);
    CountDownLatch nextRuns = new CountDownLatch(1);
    Thread sweeping = Thread.currentThread();
    AtomicBoolean tooSlow = new AtomicBoolean();
    Code slow =
        new Code() {
          @Override
          Object run(Bare self) {
            running.countDown();
            pass(goOn);
            return "slow";
          }

          @Override
          public String toString() {
            if (tooSlow.get() && Thread.currentThread() == sweeping) {
              goOn.countDown();
              pass(nextRuns);
            }
            return "slow";
          }
        };
    Code next =
        new Code() {
          @Override
          Object run(Bare self) {
            nextRuns.countDown();
            pass(nextGoesOn);
            self.context().storage().put("n", 1);
            return "innocent";
          }
        };
    CompletableFuture<Object> first = calls.callAsync(id, slow, ofSeconds(100));
    pass(running);
    CompletableFuture<Object> second = calls.callAsync(id, next, ofSeconds(100));
    clock.advance(ofSeconds(30));
    tooSlow.set(true);
    clock.advance(ofMillis(500));
    assertThat(nextRuns.getCount()).as("they met").isZero();
    nextGoesOn.countDown();
    assertThat(get(first)).isEqualTo("slow");
    assertThat(get(second)).isEqualTo("innocent");
  }

  @Test
  void callThatIsAboutToBeTriedAgain_whenItsTimeIsUp_endsThen() {
    AtomicBoolean taken = new AtomicBoolean();
    Code add =
        new Code() {
          @Override
          Object run(Bare self) {
            self.context().storage().put("n", 1);
            return "added";
          }

          @Override
          public int weight() {
            if (!taken.getAndSet(true)) {
              clock.advance(ofMillis(130));
              store.gate().hold();
            }
            return 0;
          }
        };
    store.faults().failNextCommit(CommitFault.REFUSED);
    CompletableFuture<Object> answer = calls.callAsync(id, add, ofMillis(130));
    try {
      Throwable failure = failure(answer);
      assertThat(failure).isInstanceOf(CallTimeoutException.class);
      assertThat(((HoldfastException) failure).outcome()).isEqualTo(Outcome.NOT_APPLIED);
      assertThat(taken.get()).isTrue();
    } finally {
      store.gate().release();
    }
  }

  @Test
  void callWhoseThreadHadNotBegun_whenTheObjectIsReset_goesToTheNextActivation() {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Code code =
        new Code() {
          @Override
          Object run(Bare self) {
            return "ran";
          }
        };
    Reply reply =
        new Reply() {
          @Override
          public void complete(@Nullable Object value) {
            answer.complete(String.valueOf(value));
          }

          @Override
          public void fail(Throwable failure) {
            answer.completeExceptionally(failure);
          }
        };
    Activation activation =
        new Activation(table, new ObjectRef(table.namespace(), id), new EntryGate());
    CallEvent call = new CallEvent(new Call(id, code, null, Event.NEVER, reply));
    call.bind(activation);
    assertThat(activation.gate().enter(call, 1, 1)).isEqualTo(EntryGate.Entry.ADMITTED);
    assertThat(activation.gate().begin(call)).isTrue();
    Ending.discard(activation, new LimitPassed("on purpose"));
    assertThat(get(answer)).isEqualTo("ran");
    assertThat(call.tryStart()).as("left to its thread").isFalse();
    activation.left(call);
  }

  @Test
  void callThatNeverLeft_isAnsweredOnce_alsoIfItsTimeIsUp() {
    Answers answers = new Answers();
    Code nothing =
        new Code() {
          @Override
          Object run(Bare self) {
            return "";
          }
        };
    Call call = new Call(id, nothing, null, Event.NEVER, answers);
    CallEvent event = new CallEvent(call);
    new CallOutput(table, call, event)
        .drop(new StorageException("dropped", Outcome.NOT_APPLIED, false, null));
    event.expire(outcome -> new CallTimeoutException("late", outcome));
    assertThat(answers.all).containsExactly("dropped");
  }
}
