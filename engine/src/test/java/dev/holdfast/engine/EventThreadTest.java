// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What object code finds on its thread: the app's class loader, and nothing of others. */
class EventThreadTest extends EngineSuite {
  private static final ClassLoader APPS = EventThreadTest.class.getClassLoader();
  private static final InheritableThreadLocal<String> TENANT = new InheritableThreadLocal<>();

  private final List<ClassLoader> found = new CopyOnWriteArrayList<>();
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  /** The thread of the test is the platform's: what it starts must not have its loader. */
  @BeforeEach
  void setUp() {
    Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
    test.script("look", self -> look("looked"));
    test.script("name", Scripted::name);
    test.script("tenant", self -> String.valueOf(TENANT.get()));
  }

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private String look(String result) {
    found.add(Thread.currentThread().getContextClassLoader());
    return result;
  }

  @Test
  void aCall_findsTheAppsClassLoader() {
    assertThat(get(fromWorker("a", "look"))).isEqualTo("looked");
    assertThat(get(test.object("a").later("look").toCompletableFuture())).isEqualTo("looked");
    test.script("pass on", self -> self.other("b").run("look"));
    assertThat(get(fromWorker("a", "pass on"))).isEqualTo("looked");
    assertThat(found).hasSize(3).containsOnly(APPS);
  }

  @Test
  void aTimer_findsTheAppsClassLoader() {
    test.script(
        "schedule",
        self -> {
          var _ = self.context().schedule(ofSeconds(1), () -> look("timer"));
          return "";
        });
    get(fromWorker("a", "schedule"));
    test.clock.advance(ofSeconds(1));
    TestEngine.until("the timer has run", () -> !found.isEmpty());
    assertThat(found).containsExactly(APPS);
  }

  @Test
  void whatFollowsAnAsyncCall_findsTheAppsClassLoader() {
    test.script("ask", self -> self.other("b").later("name").thenApply(this::look).join());
    assertThat(get(fromWorker("a", "ask"))).isEqualTo("b");
    assertThat(found).containsExactly(APPS);
  }

  @Test
  void anInheritableThreadLocal_isNotSeenByAnotherObject() {
    test.script(
        "set and call",
        self -> {
          TENANT.set(self.name());
          return self.other("b").run("tenant") + self.other("c").later("tenant").join();
        });
    assertThat(get(fromWorker("a", "set and call"))).isEqualTo("nullnull");
  }

  @Test
  void anInheritableThreadLocal_isNotSeenByALaterEvent() {
    test.script(
        "set and schedule",
        self -> {
          TENANT.set(self.name());
          var _ = self.context().schedule(ofSeconds(1), () -> test.trace.add("" + TENANT.get()));
          return self.other("b").later("name").thenApply(_ -> "" + TENANT.get()).join();
        });
    assertThat(get(fromWorker("a", "set and schedule"))).isEqualTo("null");
    test.clock.advance(ofSeconds(1));
    TestEngine.until("the timer has run", () -> !test.trace.isEmpty());
    assertThat(test.trace).containsExactly("null");
  }

  /** Workers have the app's class loader: whoever starts them sees to that. */
  private CompletableFuture<String> fromWorker(String object, String script) {
    return test.worker(
        () -> {
          Thread.currentThread().setContextClassLoader(APPS);
          return test.object(object).run(script);
        });
  }
}
