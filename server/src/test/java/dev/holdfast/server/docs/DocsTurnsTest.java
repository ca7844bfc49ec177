// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.DurableObject;
import dev.holdfast.HoldfastException;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectResetException;
import dev.holdfast.Outcome;
import dev.holdfast.engine.ObjectClass;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What docs/turns.md says of its code is so. */
class DocsTurnsTest extends DocsSuite {
  /** Counted down by each charge that has begun. */
  private static volatile CountDownLatch charged = new CountDownLatch(0);

  /** Charges end when this is at zero. */
  private static volatile CountDownLatch goOn = new CountDownLatch(0);

  static final class BankObject extends DurableObject implements Bank {
    BankObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public void charge(int amount) {
      charged.countDown();
      pass(goOn);
      if (ctx().name().orElseThrow().equals("poor")) {
        throw new IllegalArgumentException("no money");
      }
    }

    @Override
    public CompletableFuture<Boolean> covers(int amount) {
      charged.countDown();
      pass(charged);
      return CompletableFuture.completedFuture(true);
    }
  }

  DocsTurnsTest() {
    super(
        new ObjectClass<>("Tickets", Tickets.class, TicketsObject::new),
        new ObjectClass<>("Ledger", Ledger.class, LedgerObject::new),
        new ObjectClass<>("Bank", Bank.class, BankObject::new));
  }

  private static void pass(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Tickets tickets() {
    return node().objects(Tickets.class).getByName("a");
  }

  private Ledger ledger() {
    return node().objects(Ledger.class).getByName("a");
  }

  private CompletableFuture<Boolean> inBackground(Predicate<Tickets> buy) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> answer.complete(buy.test(tickets())));
    return answer;
  }

  /** From now on charges wait, and so many of them are awaited. */
  private static void holdCharges(int awaited) {
    charged = new CountDownLatch(awaited);
    goOn = new CountDownLatch(1);
  }

  @Test
  void read_wait_write_sells_the_last_seat_twice() {
    tickets().open(1);
    holdCharges(2);
    CompletableFuture<Boolean> ada = inBackground(tickets -> tickets.buyWrong("ada"));
    CompletableFuture<Boolean> bob = inBackground(tickets -> tickets.buyWrong("bob"));
    pass(charged);
    goOn.countDown();
    assertThat(ada.join()).isTrue();
    assertThat(bob.join()).isTrue();
    assertThat(tickets().sold()).isEqualTo(2);
  }

  @Test
  void what_is_taken_before_the_wait_is_not_sold_twice() {
    tickets().open(1);
    holdCharges(1);
    CompletableFuture<Boolean> ada = inBackground(tickets -> tickets.buy("ada"));
    pass(charged);
    assertThat(tickets().left()).as("of the first turn").isZero();
    assertThat(tickets().buy("bob")).isFalse();
    goOn.countDown();
    assertThat(ada.join()).isTrue();
    assertThat(tickets().sold()).isEqualTo(1);
  }

  @Test
  void what_was_taken_is_given_back_if_the_call_fails() {
    tickets().open(1);
    assertThat(tickets().buy("poor")).isFalse();
    assertThat(tickets().left()).isEqualTo(1);
  }

  @Test
  void exclusive_method_lets_nobody_in_while_it_waits() {
    tickets().open(1);
    holdCharges(1);
    CompletableFuture<Boolean> ada = inBackground(tickets -> tickets.buyAlone("ada"));
    pass(charged);
    CompletableFuture<Boolean> bob = inBackground(tickets -> tickets.buyAlone("bob"));
    goOn.countDown();
    assertThat(ada.join()).isTrue();
    assertThat(bob.join()).isFalse();
  }

  @Test
  void section_that_throws_resets_the_object() {
    tickets().open(2);
    assertThat(tickets().buyInSection("ada")).isTrue();
    assertThatThrownBy(() -> tickets().buyInSection("poor")).hasMessage("no money");
    assertThat(tickets().left()).isEqualTo(1);
  }

  @Test
  void calls_made_without_waiting_run_at_the_same_time() {
    charged = new CountDownLatch(2);
    assertThat(tickets().buyForBoth("ada", "bob").join()).isTrue();
  }

  @Test
  void exception_keeps_what_was_written_before_it() {
    assertThatThrownBy(() -> tickets().complain(" ")).hasMessage("say what is wrong");
    restart();
    assertThat(tickets().complaints()).isEqualTo(1);
  }

  @Test
  void abort_drops_the_turn() {
    tickets().open(5);
    assertThatThrownBy(() -> tickets().reset("enough"))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("enough");
    assertThat(tickets().left()).isEqualTo(5);
  }

  @Test
  void field_that_is_changed_first_runs_ahead_of_a_statement_that_is_refused() {
    ledger().addWrong(10, "tea");
    assertThatThrownBy(() -> ledger().addWrong(10, ""));
    assertThat(ledger().total()).isEqualTo(20);
    assertThat(ledger().stored()).isEqualTo(10);
  }

  @Test
  void field_that_is_changed_last_does_not() {
    ledger().add(10, "tea");
    assertThatThrownBy(() -> ledger().add(10, ""));
    assertThat(ledger().total()).isEqualTo(10);
    restart();
    assertThat(ledger().total()).isEqualTo(10);
  }

  @Test
  void field_goes_with_its_activation_if_the_commit_fails() {
    ledger().add(10, "tea");
    assertThatThrownBy(() -> ledger().addUncovered(10))
        .isInstanceOfSatisfying(
            HoldfastException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
    assertThat(ledger().total()).isEqualTo(10);
  }
}
