// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.engine;

import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.EngineOptions;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Calls objects that are asleep, one after the other: opening, reading the one key and the
 * constructor are in the figure. The objects are in data files; budget: 100 µs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 15)
@Measurement(iterations = 10)
@Fork(value = 2, jvmArgsAppend = "-Djmh.executor=VIRTUAL") // further options are benchmarks/run's
@SuppressWarnings("NullAway.Init") // JMH calls the methods marked @Setup first
public class WakeBenchmark {
  private static final int OBJECTS = 100_000;
  private static final int WAKES = 10_000;

  /** Coprime to the number of objects, so that neighbours on disk are not woken in a row. */
  private static final int STRIDE = 61_813;

  private CounterNode node;
  private ObjectNamespace<Counter> counters;
  private int next;

  @Setup
  public void write() throws IOException, InterruptedException {
    node = CounterNode.start(EngineOptions.defaults());
    if (node.incrementEach(OBJECTS) > 0) {
      throw new IllegalStateException("not every counter could be incremented");
    }
    node.reopen();
  }

  @Setup(Level.Invocation)
  public void sleep() {
    node.restartEngine();
    counters = node.counters();
  }

  @TearDown
  public void stop() {
    node.close();
  }

  @Benchmark
  @OperationsPerInvocation(WAKES)
  public long wake() {
    long sum = 0;
    for (int i = 0; i < WAKES; i++) {
      next = (next + STRIDE) % OBJECTS;
      sum += counters.getByName(CounterNode.name(next)).value();
    }
    return sum;
  }
}
