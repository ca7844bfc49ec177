// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.Conformance;
import dev.holdfast.engine.gate.EntryGate.Entry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryGateTest {
  private static final int MANY = 1_000;

  private final EntryGate gate = new EntryGate();
  private final List<String> admitted = new ArrayList<>();

  /** An entrant that notes when it is let in. */
  private final class Visitor extends Entrant {
    private final String name;
    private final int weight;

    private Visitor(String name, int weight) {
      this.name = name;
      this.weight = weight;
    }

    @Override
    protected int weight() {
      return weight;
    }

    @Override
    protected void onAdmitted() {
      admitted.add(name);
    }

    /** Caused by that section. */
    private Visitor from(CriticalSection cause) {
      belongTo(cause);
      return this;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private Visitor visitor(String name) {
    return new Visitor(name, 1);
  }

  private Visitor inside(String name) {
    Visitor visitor = visitor(name);
    assertThat(enter(visitor)).isEqualTo(Entry.ADMITTED);
    return visitor;
  }

  private Visitor waiting(String name) {
    return waiting(visitor(name));
  }

  private Visitor waiting(Visitor visitor) {
    assertThat(enter(visitor)).isEqualTo(Entry.QUEUED);
    return visitor;
  }

  private Entry enter(Visitor visitor) {
    return gate.enter(visitor, MANY, MANY);
  }

  // ---------------------------------------------------------------- the baton

  @Test
  void enter_freeGate_admitsWithoutNotice() {
    Visitor a = inside("a");
    assertThat(a.admitted()).isTrue();
    assertThat(gate.isRunning(a)).isTrue();
    assertThat(admitted).isEmpty();
  }

  @Test
  void leave_letsInThoseWhoWait_inOrder() {
    Visitor a = inside("a");
    Visitor b = waiting("b");
    Visitor c = waiting("c");
    gate.leave(a);
    assertThat(admitted).containsExactly("b");
    gate.leave(b);
    gate.leave(c);
    assertThat(admitted).containsExactly("b", "c");
    assertThat(gate.idle()).isTrue();
  }

  @Test
  void leave_byOneWhoDoesNotRun_changesNothing() {
    Visitor a = inside("a");
    Visitor b = waiting("b");
    gate.leave(b);
    assertThat(gate.running()).isSameAs(a);
    assertThat(admitted).isEmpty();
  }

  @Test
  @Conformance("C-IG-02")
  void withdraw_ofOneWhoWaits_leavesTheOthersAsTheyAre() {
    Visitor a = inside("a");
    Visitor b = waiting("b");
    waiting("c");
    assertThat(gate.withdraw(entrant -> entrant == b)).containsExactly(b);
    gate.leave(a);
    assertThat(admitted).containsExactly("c");
    assertThat(gate.waitingBytes()).isZero();
  }

  @Test
  void suspend_letsTheNextIn_andResumeWaitsForTheBaton() {
    Visitor a = inside("a");
    Visitor b = waiting("b");
    gate.suspend(a);
    assertThat(admitted).containsExactly("b");
    assertThat(a.admitted()).isFalse();
    gate.resume(a);
    assertThat(a.admitted()).isFalse();
    gate.leave(b);
    assertThat(a.admitted()).isTrue();
  }

  @Test
  void resume_ofAFreeGate_admitsAtOnce() {
    Visitor a = inside("a");
    gate.suspend(a);
    gate.resume(a);
    assertThat(admitted).containsExactly("a");
  }

  @Test
  void resume_beforeSuspend_isNotLost() {
    Visitor a = inside("a");
    gate.resume(a);
    assertThat(admitted).isEmpty();
    gate.suspend(a);
    assertThat(admitted).containsExactly("a");
    assertThat(a.admitted()).isTrue();
  }

  @Test
  void resume_beforeSuspend_countsOnce() {
    Visitor a = inside("a");
    gate.resume(a);
    gate.suspend(a);
    gate.suspend(a);
    assertThat(a.admitted()).isFalse();
  }

  @Test
  void thoseWhoResume_goBeforeThoseWhoWait_inTheOrderOfResuming() {
    Visitor a = inside("a");
    gate.suspend(a);
    Visitor b = inside("b");
    gate.suspend(b);
    Visitor c = inside("c");
    waiting("d");
    gate.resume(b);
    gate.resume(a);
    gate.leave(c);
    gate.leave(b);
    gate.leave(a);
    assertThat(admitted).containsExactly("b", "a", "d");
  }

  @Test
  void eightResumedInARow_letOneWhoWaitsIn() {
    List<Visitor> sleepers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Visitor sleeper = inside("r");
      gate.suspend(sleeper);
      sleepers.add(sleeper);
    }
    Visitor first = inside("first");
    waiting("w");
    waiting("w");
    waiting("w");
    sleepers.forEach(gate::resume);
    gate.leave(first);
    drain();
    assertThat(String.join("", admitted)).isEqualTo("rrrrrrrrwrrrrrrrrwrrrrw");
  }

  @Test
  void eightResumedInARow_nobodyWaits_nobodyIsHeldUp() {
    List<Visitor> sleepers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Visitor sleeper = inside("r");
      gate.suspend(sleeper);
      sleepers.add(sleeper);
    }
    Visitor first = inside("first");
    sleepers.forEach(gate::resume);
    gate.leave(first);
    drain();
    assertThat(admitted).hasSize(20);
  }

  private void drain() {
    for (Entrant running = gate.running(); running != null; running = gate.running()) {
      gate.leave(running);
    }
  }

  @Test
  void enter_tooManyWait_isFull() {
    inside("a");
    assertThat(gate.enter(visitor("b"), 2, MANY)).isEqualTo(Entry.QUEUED);
    assertThat(gate.enter(visitor("c"), 2, MANY)).isEqualTo(Entry.QUEUED);
    assertThat(gate.enter(visitor("d"), 2, MANY)).isEqualTo(Entry.FULL);
    assertThat(gate.waitingCount()).isEqualTo(2);
  }

  @Test
  void enter_tooManyBytesWait_isFull_butOneAlwaysMay() {
    Visitor a = inside("a");
    assertThat(gate.enter(new Visitor("big", 100), MANY, 10)).isEqualTo(Entry.QUEUED);
    assertThat(gate.enter(new Visitor("small", 1), MANY, 10)).isEqualTo(Entry.FULL);
    gate.leave(a);
    assertThat(gate.enter(new Visitor("small", 1), MANY, 10)).isEqualTo(Entry.QUEUED);
    assertThat(gate.waitingBytes()).isEqualTo(1);
  }

  @Test
  void enterIfIdle_onlyWhenNobodyRunsOrWants() {
    Visitor a = inside("a");
    assertThat(gate.enterIfIdle(visitor("s"))).isFalse();
    gate.suspend(a);
    assertThat(gate.enterIfIdle(visitor("s"))).isTrue();
    assertThat(gate.enterIfIdle(visitor("t"))).isFalse();
  }

  @Test
  void enterIfIdle_inASectionThatWaits_isRefused() {
    Visitor a = inside("a");
    gate.open(a);
    gate.suspend(a);
    assertThat(gate.enterIfIdle(visitor("s"))).isFalse();
  }

  // ---------------------------------------------------------------- sections

  @Test
  @Conformance("C-IG-03")
  void section_letsInOnlyWhatItCaused_oneAtATime_untilItEnds() {
    Visitor a = inside("a");
    waiting("outer");
    CriticalSection section = gate.open(a);
    gate.suspend(a);
    assertThat(admitted).isEmpty();
    Visitor x = visitor("x").from(section);
    assertThat(enter(x)).isEqualTo(Entry.ADMITTED);
    Visitor y = waiting(visitor("y").from(section));
    gate.resume(a);
    gate.leave(x);
    gate.leave(a);
    assertThat(admitted).containsExactly("a", "y");
    gate.leave(y);
    assertThat(admitted).as("the section is open").containsExactly("a", "y");
  }

  @Test
  void section_ended_letsTheOthersIn() {
    Visitor a = inside("a");
    Visitor outer = waiting("outer");
    CriticalSection section = gate.open(a);
    gate.close(section);
    gate.leave(a);
    assertThat(admitted).containsExactly("outer");
    gate.leave(outer);
    assertThat(gate.depth()).isZero();
  }

  @Test
  void section_keepsOutThoseWhoWereSuspendedBefore() {
    Visitor early = inside("early");
    gate.suspend(early);
    Visitor a = inside("a");
    CriticalSection section = gate.open(a);
    gate.resume(early);
    gate.suspend(a);
    assertThat(early.admitted()).isFalse();
    gate.resume(a);
    gate.close(section);
    gate.leave(a);
    assertThat(early.admitted()).isTrue();
  }

  @Test
  @Conformance("C-IG-05")
  void nestedSection_keepsOutWhatTheOuterCaused_untilItEnds() {
    Visitor a = inside("a");
    CriticalSection outer = gate.open(a);
    gate.suspend(a);
    Visitor child = visitor("child").from(outer);
    assertThat(enter(child)).isEqualTo(Entry.ADMITTED);
    CriticalSection inner = gate.open(child);
    waiting(visitor("sibling").from(outer));
    gate.suspend(child);
    assertThat(admitted).isEmpty();
    Visitor grandchild = visitor("grandchild").from(inner);
    assertThat(enter(grandchild)).isEqualTo(Entry.ADMITTED);
    gate.leave(grandchild);
    gate.resume(child);
    gate.close(inner);
    gate.leave(child);
    assertThat(admitted).containsExactly("child", "sibling");
  }

  @Test
  @Conformance("C-IG-06")
  void nestedSection_outlivingTheOuter_keepsEverybodyElseOut() {
    Visitor a = inside("a");
    waiting("stranger");
    CriticalSection outer = gate.open(a);
    gate.suspend(a);
    Visitor child = visitor("child").from(outer);
    assertThat(enter(child)).isEqualTo(Entry.ADMITTED);
    CriticalSection inner = gate.open(child);
    gate.resume(a);
    gate.suspend(child);
    assertThat(a.admitted()).as("the outer section waits for the inner").isFalse();
    gate.resume(child);
    assertThat(child.admitted()).isTrue();
    gate.close(outer);
    gate.suspend(child);
    assertThat(admitted).containsExactly("child");
    gate.resume(child);
    gate.close(inner);
    gate.leave(child);
    assertThat(admitted).containsExactly("child", "child", "a");
    gate.leave(a);
    assertThat(admitted).containsExactly("child", "child", "a", "stranger");
  }

  @Test
  @Conformance("C-IG-08")
  void oneWhoOutlivesItsSection_belongsToWhatIsAroundIt() {
    Visitor a = inside("a");
    CriticalSection section = gate.open(a);
    gate.suspend(a);
    Visitor child = visitor("child").from(section);
    assertThat(enter(child)).isEqualTo(Entry.ADMITTED);
    gate.resume(a);
    gate.suspend(child);
    gate.close(section);
    gate.resume(child);
    gate.leave(a);
    assertThat(child.admitted()).isTrue();
    assertThat(enter(visitor("next"))).as("it holds the baton").isEqualTo(Entry.QUEUED);
  }

  @Test
  @Conformance("C-IG-11")
  void oneBehindVeryManyEndedSections_isLetIn() {
    Visitor a = inside("a");
    List<CriticalSection> sections = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      sections.add(gate.open(a));
    }
    Visitor deep = waiting(visitor("deep").from(sections.getLast()));
    sections.reversed().stream().limit(sections.size() - 1).forEach(gate::close);
    gate.suspend(a);
    assertThat(deep.admitted()).isTrue();
  }

  @Test
  @Conformance("C-IG-12")
  void depth_countsNestedSections() {
    Visitor a = inside("a");
    assertThat(gate.open(a).depth()).isEqualTo(1);
    assertThat(gate.open(a).depth()).isEqualTo(2);
    CriticalSection third = gate.open(a);
    assertThat(third.depth()).isEqualTo(3);
    assertThat(gate.depth()).isEqualTo(3);
    gate.close(third);
    assertThat(gate.depth()).isEqualTo(2);
  }

  @Test
  void open_byOneWhoDoesNotRun_isRefused() {
    inside("a");
    assertThatThrownBy(() -> gate.open(visitor("b"))).isInstanceOf(IllegalStateException.class);
  }

  // ---------------------------------------------------------------- the end

  @Test
  @Conformance("C-IG-09")
  void closed_letsNobodyIn_andStaysSo() {
    Visitor a = inside("a");
    assertThat(gate.begin(a)).isTrue();
    gate.open(a);
    Visitor waiter = waiting("b");
    List<Entrant> left = new ArrayList<>();
    gate.close((running, waiting) -> left.addAll(waiting));
    assertThat(left).containsExactly(waiter);
    assertThat(enter(visitor("c"))).isEqualTo(Entry.CLOSED);
    gate.leave(a);
    assertThat(enter(visitor("c"))).isEqualTo(Entry.CLOSED);
    assertThat(gate.enterIfIdle(visitor("c"))).isFalse();
    gate.close((running, waiting) -> left.add(a));
    assertThat(left).as("only the first close counts").containsExactly(waiter);
  }

  @Test
  void closed_wakesThoseWhoWereResuming_soThatTheyFindOut() {
    Visitor a = inside("a");
    gate.suspend(a);
    inside("b");
    gate.resume(a);
    gate.close((running, waiting) -> {});
    assertThat(admitted).containsExactly("a");
  }

  @Test
  void suspend_inAClosedGate_doesNotWait() {
    Visitor a = inside("a");
    assertThat(gate.begin(a)).isTrue();
    gate.close((running, waiting) -> {});
    gate.suspend(a);
    assertThat(a.admitted()).isTrue();
  }

  @Test
  void closed_givesBackOneWhoWasAdmittedButHasNotBegun_beforeThoseWhoWait() {
    Visitor a = inside("a");
    waiting("b");
    List<Entrant> left = new ArrayList<>();
    gate.close(
        (running, waiting) -> {
          assertThat(running).isNull();
          left.addAll(waiting);
        });
    assertThat(left).extracting(Entrant::toString).containsExactly("a", "b");
    assertThat(gate.begin(a)).isFalse();
    assertThat(a.admitted()).isFalse();
  }

  @Test
  void begin_succeedsOnce() {
    Visitor a = inside("a");
    assertThat(gate.begin(a)).isTrue();
    assertThat(gate.begin(a)).isFalse();
    assertThat(gate.begin(waiting("b"))).isFalse();
  }

  @Test
  void successor_letsInThoseItInherits_beforeThoseWhoComeMeanwhile() {
    Visitor a = visitor("a");
    Visitor b = visitor("b");
    EntryGate next = new EntryGate(gate, List.of(a, b));
    Visitor late = visitor("late");
    assertThat(next.enter(late, MANY, MANY)).isEqualTo(Entry.QUEUED);
    next.start();
    assertThat(admitted).containsExactly("a");
    next.leave(a);
    next.leave(b);
    assertThat(admitted).containsExactly("a", "b", "late");
    next.leave(late);
    assertThat(next.waitingBytes()).isZero();
  }
}
