// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Callers that increment, call on from object to object, and make series of calls through one stub,
 * while commits and openings fail or are late, objects are reset and put to sleep, and time passes.
 * Afterwards what callers were told must agree with what is stored.
 */
class RandomFaultsTest extends EngineSuite {
  private static final int OBJECTS = 3;
  private static final int CALLERS = 4;
  private static final int SERIES = 5;
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 1_000 : 60;

  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final AtomicLongArray confirmed = new AtomicLongArray(OBJECTS);
  private final AtomicLongArray unknown = new AtomicLongArray(OBJECTS);
  private final AtomicLongArray sent = new AtomicLongArray(1);

  private static String name(int object) {
    return "o" + object;
  }

  private void expect(boolean condition, String violation) {
    if (!condition) {
      violations.add(violation);
    }
  }

  private void scripts() {
    test.onConstruction(self -> self.memory = self.count("n"));
    test.script(
        "increment",
        self -> {
          expect(self.memory == self.count("n"), self.name() + ": its field is not what is stored");
          self.memory++;
          return String.valueOf(self.add("n", 1));
        });
    test.script(
        "increment later",
        self -> {
          self.context().sleep(Duration.ofMillis(5));
          expect(self.memory == self.count("n"), self.name() + ": its field is not what is stored");
          self.memory++;
          return String.valueOf(self.add("n", 1));
        });
    test.script(
        "increment and abort",
        self -> {
          self.memory++;
          self.add("n", 1);
          self.context().abort("on purpose");
          return "";
        });
    test.script("receive", self -> String.valueOf(self.add("received", 1)));
    test.script("n", self -> String.valueOf(self.count("n")));
    test.script("sent", self -> String.valueOf(self.count("sent")));
    test.script("received", self -> String.valueOf(self.count("received")));
    for (int i = 0; i < OBJECTS; i++) {
      int to = i;
      test.script(
          "send to " + i,
          self -> {
            self.add("sent", 1);
            return self.other(name(to)).run("receive");
          });
    }
  }

  /** One caller's life. */
  private final class Caller {
    private final int number;
    private final Random random;
    private final List<ScriptedCalls> stubs = new ArrayList<>();
    private int lastCall;

    private Caller(int number, Random random) {
      this.number = number;
      this.random = random;
      for (int i = 0; i < OBJECTS; i++) {
        stubs.add(test.object(name(i)));
      }
    }

    private String call() {
      for (int round = 0; round < ROUNDS; round++) {
        int object = random.nextInt(OBJECTS);
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> increment(object, "increment");
          case 3 -> increment(object, "increment later");
          case 4 -> send(object, (object + 1 + random.nextInt(OBJECTS - 1)) % OBJECTS);
          case 5, 6 -> series(object);
          default ->
              increment(object, random.nextInt(4) == 0 ? "increment and abort" : "increment");
        }
      }
      return "";
    }

    private void increment(int object, String script) {
      try {
        stubs.get(object).run(script);
        confirmed.incrementAndGet(object);
        expect(!script.contains("abort"), "an aborted call was answered");
      } catch (HoldfastException e) {
        if (e.outcome() == Outcome.UNKNOWN && !script.contains("abort")) {
          unknown.incrementAndGet(object);
        }
      } catch (Exception e) {
        violations.add(script + ": " + e);
      }
    }

    private void send(int from, int to) {
      try {
        stubs.get(from).run("send to " + to);
        sent.incrementAndGet(0);
      } catch (HoldfastException _) {
        // What was sent may have been received.
      } catch (Exception e) {
        violations.add("send: " + e);
      }
    }

    /** Several calls through one stub at once: each may fail, but none may overtake another. */
    private void series(int object) {
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < SERIES; i++) {
        int call = ++lastCall;
        String script = "call " + call + " of " + number;
        test.script(
            script,
            self -> {
              String key = "last of " + number;
              expect(self.count(key) < call, self.name() + ": " + script + " was overtaken");
              self.store().put(key, (long) call);
              return "";
            });
        answers.add(stubs.get(object).later(script));
      }
      for (CompletableFuture<String> answer : answers) {
        var _ = answer.exceptionally(Throwable::getMessage).join();
      }
    }
  }

  /** Makes trouble until the callers are done, and lets time pass. */
  private void trouble(Random random, CompletableFuture<?> done) {
    CommitFault[] faults = CommitFault.values();
    while (!done.isDone()) {
      int dice = random.nextInt(200);
      if (dice < 4) {
        test.store().faults().failNextCommit(faults[random.nextInt(faults.length)]);
      } else if (dice < 5) {
        test.store().faults().failNextOpen();
      } else if (dice < 9) {
        test.store().gate().hold();
      } else if (dice < 10) {
        test.clock.advance(Duration.ofSeconds(11));
      } else if (dice < 60) {
        test.store().gate().release();
      }
      test.clock.advance(Duration.ofMillis(1));
      LockSupport.parkNanos(20_000);
    }
    test.store().gate().release();
  }

  private long read(String object, String script) {
    return Long.parseLong(test.getAsTimePasses(test.call(object, script)));
  }

  @Test
  void whatCallersWereTold_agreesWithWhatIsStored() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("RandomFaultsTest: -Dholdfast.seed=" + seed);
    Random random = new Random(seed);
    scripts();
    List<CompletableFuture<String>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Caller caller = new Caller(i, new Random(random.nextLong()));
      callers.add(test.worker(caller::call));
    }
    trouble(random, CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)));
    callers.forEach(TestEngine::get);
    useUpFaults();
    assertThat(violations).as("seed " + seed).isEmpty();
    long allSent = 0;
    long allReceived = 0;
    for (int i = 0; i < OBJECTS; i++) {
      assertThat(read(name(i), "n"))
          .as("%s, seed %d", name(i), seed)
          .isBetween(confirmed.get(i), confirmed.get(i) + unknown.get(i));
      allSent += read(name(i), "sent");
      allReceived += read(name(i), "received");
    }
    assertThat(allReceived).as("received, seed " + seed).isBetween(sent.get(0), allSent);
    test.letSleep();
    for (int i = 0; i < OBJECTS; i++) {
      assertThat(read(name(i), "n"))
          .as("%s after a sleep, seed %d", name(i), seed)
          .isBetween(confirmed.get(i), confirmed.get(i) + unknown.get(i));
    }
  }

  /** Faults that hit nobody yet would hit the checks. */
  private void useUpFaults() {
    for (int i = 0; i < 20; i++) {
      CompletableFuture<String> call = test.call("nobody", "receive");
      TestEngine.until(
          "answered",
          () -> {
            test.clock.advance(Duration.ofMillis(20));
            return call.isDone();
          });
    }
  }
}
