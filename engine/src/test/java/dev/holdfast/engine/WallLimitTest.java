// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.failure;
import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.pass;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** An event that holds its object for too long is told apart from one that merely waits. */
class WallLimitTest extends EngineSuite {
  private static final String SWEEPER = "dev.holdfast.engine.activation.Sweeper";

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private CountDownLatch running = new CountDownLatch(1);
  private CountDownLatch goOn = new CountDownLatch(1);

  @Override
  protected EngineOptions options(EngineOptions defaults) {
    return defaults.withEvents(
        defaults.events().withCallTimeout(ofMinutes(10)).withWallLimit(ofSeconds(30)));
  }

  @BeforeEach
  void scripts() {
    log.start();
    logger().addAppender(log);
    running = test.latch();
    goOn = test.latch();
    test.script("hold", this::hold);
    test.script("activation", self -> String.valueOf(self.activation()));
    test.script("read", self -> String.valueOf(self.count("n")));
    test.script("nothing", self -> "");
  }

  @AfterEach
  void stopLogging() {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(SWEEPER);
  }

  private List<String> warnings() {
    return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private String hold(Scripted self) {
    self.add("n", 1);
    running.countDown();
    pass(goOn);
    self.add("n", 1);
    return "";
  }

  /** A call that is not inlined: an inlined one has no other thread that could be answered. */
  private CompletableFuture<String> holding() {
    CompletableFuture<String> holding = test.object("a").later("hold");
    pass(running);
    return holding;
  }

  @Test
  void eventThatHoldsTheObjectTooLong_isAnswered_andTheObjectGoesOnWithoutIt() {
    CompletableFuture<String> holding = holding();
    test.clock.advance(ofMillis(30_500));
    Throwable failure = failure(holding);
    assertThat(failure)
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("Scripted/a")
        .hasMessageContaining("wall limit of 30 s");
    assertThat(((ObjectResetException) failure).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    assertThat(test.engine().leftOverThreads()).isEqualTo(1);
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
    assertThat(get(test.call("a", "read"))).isEqualTo("0");
    goOn.countDown();
    TestEngine.until("the thread has ended", () -> test.engine().leftOverThreads() == 0);
    assertThat(get(test.call("a", "read"))).as("what it did afterwards").isEqualTo("0");
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void eventThatWaited_andGoesOn_isNotTakenForOneThatHeldTheObject() {
    for (int i = 0; i < 20; i++) {
      CountDownLatch waits = test.latch();
      test.script(
          "sleep",
          self -> {
            waits.countDown();
            self.context().sleep(ofSeconds(40));
            return String.valueOf(self.activation());
          });
      CompletableFuture<String> sleeping = test.call("a", "sleep");
      pass(waits);
      test.awaitRun("a");
      test.clock.advance(ofSeconds(40));
      assertThat(get(sleeping)).isEqualTo("1");
    }
  }

  @Test
  void eventThatWaitedForItsTurn_isNotTakenForOneThatHeldTheObject() {
    CompletableFuture<String> sleeping = holding();
    CompletableFuture<String> queued = test.call("a", "activation");
    test.clock.advance(ofSeconds(29));
    goOn.countDown();
    get(sleeping);
    test.clock.advance(ofSeconds(29));
    assertThat(get(queued)).isEqualTo("1");
  }

  @Test
  @Conformance("C-LC-25")
  void criticalSection_itsWaitsIncluded_isLimited() {
    test.script(
        "section",
        self ->
            self.section(
                s -> {
                  running.countDown();
                  s.context().sleep(ofMinutes(5));
                  return "";
                }));
    CompletableFuture<String> section = test.call("a", "section");
    pass(running);
    CompletableFuture<String> waiting = test.call("a", "activation");
    test.clock.advance(ofSeconds(29));
    assertThat(section).isNotDone();
    test.clock.advance(ofMillis(1_500));
    assertThat(failure(section))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("a critical section of run")
        .hasMessageContaining("30 s");
    assertThat(get(waiting)).isEqualTo("2");
  }

  @Test
  void exclusiveMethod_itsWaitsIncluded_isLimited() {
    CompletableFuture<String> never = new CompletableFuture<>();
    test.script(
        "wait",
        self -> {
          running.countDown();
          return self.context().await(never);
        });
    ScriptedCalls a = test.object("a");
    CompletableFuture<String> section = test.worker(() -> a.alone("wait"));
    pass(running);
    test.clock.advance(ofSeconds(31));
    assertThat(failure(section)).hasMessageContaining("critical section");
  }

  @Test
  void criticalSection_isMeasuredFromWhereItBegins() {
    CompletableFuture<Thread> inside = new CompletableFuture<>();
    test.script(
        "late section",
        self -> {
          test.clock.advance(ofSeconds(20));
          return self.section(
              s -> {
                inside.complete(Thread.currentThread());
                s.context().sleep(ofSeconds(15));
                return String.valueOf(s.activation());
              });
        });
    CompletableFuture<String> section = test.call("a", "late section");
    TestEngine.awaitWaiting(get(inside));
    test.clock.advance(ofSeconds(15));
    assertThat(get(section)).isEqualTo("1");
  }

  @Test
  void sectionThatWaitsForANestedOne_isLimited() {
    CompletableFuture<String> never = new CompletableFuture<>();
    CountDownLatch nested = test.latch();
    test.script(
        "outer",
        self ->
            self.section(
                s -> {
                  var _ = s.other("b").later("call back");
                  return s.other("c").run("wait until nested");
                }));
    test.script("call back", self -> self.other("a").run("inner"));
    test.script(
        "wait until nested",
        self -> {
          pass(nested);
          return "";
        });
    test.script(
        "inner",
        self ->
            self.section(
                s -> {
                  nested.countDown();
                  return s.context().await(never);
                }));
    CompletableFuture<String> outer = test.call("a", "outer");
    pass(nested);
    test.clock.advance(ofSeconds(31));
    assertThat(test.failureAsTimePasses(outer)).isInstanceOf(ObjectResetException.class);
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void constructorThatTakesTooLong_isAnswered() {
    test.onConstruction(
        self -> {
          if (self.activation() == 1) {
            running.countDown();
            pass(goOn);
            self.add("n", 1);
          }
        });
    CompletableFuture<String> first = test.object("a").later("read");
    pass(running);
    test.clock.advance(ofSeconds(31));
    assertThat(failure(first)).hasMessageContaining("wall limit");
    assertThat(get(test.call("a", "read"))).isEqualTo("0");
    goOn.countDown();
    TestEngine.until("the thread has ended", () -> test.engine().leftOverThreads() == 0);
    assertThat(get(test.call("a", "activation"))).isEqualTo("2");
  }

  @Test
  void commitThatTheStoreDoesNotConfirm_isGivenUp() {
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(31));
    assertThat(failure(add)).hasMessageContaining("did not confirm");
    test.store().gate().release();
    assertThat(get(test.call("a", "read"))).as("it came after all").isEqualTo("1");
  }

  @Test
  void commitOfALongTurn_isAsYoungAsAnyOther() {
    test.script(
        "long turn",
        self -> {
          running.countDown();
          pass(goOn);
          return String.valueOf(self.add("n", 1));
        });
    test.store().gate().hold();
    CompletableFuture<String> add = test.object("a").later("long turn");
    pass(running);
    test.clock.advance(ofSeconds(25));
    goOn.countDown();
    test.awaitSubmitted(1);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(4));
    test.clock.advance(ofSeconds(4));
    test.store().gate().release();
    assertThat(get(add)).isEqualTo("1");
    assertThat(get(test.call("a", "activation"))).isEqualTo("1");
  }

  @Test
  void discardedActivation_whoseCommitsTheStoreDoesNotConfirm_doesNotKeepTheNextOut() {
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
    test.store().gate().hold();
    CompletableFuture<String> add = test.call("a", "add");
    test.awaitSubmitted(1);
    failure(test.call("a", "abort"));
    CompletableFuture<String> next = test.object("a").later("activation");
    assertThat(add).isNotDone();
    test.clock.advance(ofSeconds(31));
    TestEngine.until("it has an answer", add::isDone);
    test.store().gate().release();
    TestEngine.until("the other too", next::isDone);
  }

  @Test
  void manyCommitsThatTheStoreDoesNotConfirm_areGivenUp() {
    test.script(
        "many",
        self -> {
          for (int i = 0; i < 20_000; i++) {
            self.add("n", 1);
            self.context().await(CompletableFuture.completedFuture(""));
          }
          return "";
        });
    test.store().gate().hold();
    CompletableFuture<String> many = test.object("a").later("many");
    test.awaitSubmitted(20_000);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(31));
    assertThat(failure(many)).hasMessageContaining("did not confirm");
  }

  @Test
  void eventThatHoldsTheObjectForASecond_isLogged_once_withItsStack() {
    CompletableFuture<String> holding = holding();
    test.clock.advance(ofMillis(900));
    assertThat(warnings()).isEmpty();
    test.clock.advance(ofSeconds(5));
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("Scripted/a")
        .contains("later")
        .contains("holds the object for");
    assertThat(log.list.getFirst().getThrowableProxy().getStackTraceElementProxyArray())
        .anyMatch(frame -> frame.getSTEAsString().contains("WallLimitTest.hold"));
    goOn.countDown();
    get(holding);
  }

  @Test
  void eventThatHoldsTheObjectInJoin_isToldHowToWait() {
    CompletableFuture<String> foreign = new CompletableFuture<>();
    CompletableFuture<Thread> joining = new CompletableFuture<>();
    test.script(
        "join",
        self -> {
          joining.complete(Thread.currentThread());
          return CompletableFuture.allOf(foreign).thenApply(nothing -> "joined").join();
        });
    CompletableFuture<String> answer = test.object("a").later("join");
    TestEngine.awaitWaiting(get(joining));
    test.clock.advance(ofSeconds(2));
    assertThat(warnings()).singleElement().asString().contains("use ctx.await(future)");
    foreign.complete("");
    assertThat(get(answer)).isEqualTo("joined");
  }

  @Test
  void eventThatWaits_isNotLogged() {
    test.script(
        "sleep",
        self -> {
          running.countDown();
          self.context().sleep(ofSeconds(20));
          return "";
        });
    CompletableFuture<String> sleeping = test.call("a", "sleep");
    pass(running);
    test.awaitRun("a");
    test.clock.advance(ofSeconds(20));
    get(sleeping);
    assertThat(warnings()).isEmpty();
  }
}
