// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.engine;

import dev.holdfast.engine.EngineOptions;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A typed call in the process to an object that is in memory and writes nothing. The caller runs on
 * a virtual thread, as a worker does; budgets: 1 µs from a worker, 3 µs from another object.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "-Djmh.executor=VIRTUAL") // further options are benchmarks/run's
@SuppressWarnings("NullAway.Init") // JMH calls the methods marked @Setup first
public class TypedCallBenchmark {
  private static final int CALLS = 1_000;

  private CounterNode node;
  private Counter counter;
  private Counter other;

  @Setup
  public void start() throws IOException {
    node = CounterNode.start(EngineOptions.defaults());
    counter = node.counters().getByName("hot");
    other = node.counters().getByName("other");
    counter.increment(1);
    other.increment(1);
  }

  @TearDown
  public void stop() {
    node.close();
  }

  @Benchmark
  public long fromWorker() {
    return counter.value();
  }

  /** As a worker does it for each request: the stub by its name, then the call. */
  @Benchmark
  public long fromWorkerByName() {
    return node.counters().getByName("hot").value();
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public long fromObject() {
    return other.readOther("hot", CALLS);
  }

  /** What a call from an object cannot do without: a thread that starts, and wakes the caller. */
  @Benchmark
  public boolean startAndWake() {
    Thread caller = Thread.currentThread();
    AtomicBoolean done = new AtomicBoolean();
    Thread.startVirtualThread(
        () -> {
          done.set(true);
          LockSupport.unpark(caller);
        });
    while (!done.get()) {
      LockSupport.park(done);
    }
    return done.get();
  }
}
