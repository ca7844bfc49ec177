// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.Outcome;
import dev.holdfast.Storage;
import dev.holdfast.StorageException;
import dev.holdfast.engine.Conformance;
import dev.holdfast.engine.gate.Output;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Savepoints within a turn. */
final class TransactionTest {
  private final StateRig rig = new StateRig();
  private final List<String> trace = new ArrayList<>();

  private Storage storage() {
    return rig.storage();
  }

  private long value() {
    return storage().get("value", Long.class).orElse(-1L);
  }

  private void put(long value) {
    storage().put("value", value);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Conformance("C-TX-12")
  void a_transaction_adds_to_what_the_turn_wrote_before() {
    put(2);
    storage().transaction(() -> put(3));

    assertThat(value()).isEqualTo(3);
    rig.endTurn();
    assertThat(rig.lastCommit()).isEqualTo("value=03");
  }

  @Test
  @Conformance("C-TX-13")
  void rollback_brings_back_what_was_before() {
    put(3);
    storage()
        .transaction(
            () -> {
              put(4);
              storage().put("other", 1L);
              storage().rollback();
              assertThat(value()).isEqualTo(3);
              assertThat(storage().get("other", Long.class)).isEmpty();
            });

    assertThat(value()).isEqualTo(3);
    rig.endTurn();
    assertThat(rig.lastCommit()).isEqualTo("value=03");
  }

  @Test
  void after_a_rollback_the_transaction_goes_on() {
    storage()
        .transaction(
            () -> {
              put(4);
              storage().rollback();
              put(5);
            });

    assertThat(value()).isEqualTo(5);
  }

  @Test
  @Conformance("C-TX-15")
  void an_outer_rollback_takes_an_inner_commit_with_it() {
    put(3);
    storage()
        .transaction(
            () -> {
              put(6);
              storage().transaction(() -> put(7));
              assertThat(value()).isEqualTo(7);
              storage().rollback();
            });

    assertThat(value()).isEqualTo(3);
  }

  @Test
  @Conformance("C-TX-19")
  void an_inner_failure_that_is_caught_leaves_the_outer_writes() {
    storage()
        .transaction(
            () -> {
              put(6);
              assertThatIllegalStateException()
                  .isThrownBy(
                      () ->
                          storage()
                              .transaction(
                                  () -> {
                                    put(7);
                                    storage().delete("value");
                                    throw new IllegalStateException("inner");
                                  }))
                  .withMessage("inner");
              assertThat(value()).isEqualTo(6);
            });

    assertThat(value()).isEqualTo(6);
  }

  @Test
  void an_inner_rollback_undoes_the_innermost_only() {
    storage()
        .transaction(
            () -> {
              put(6);
              storage()
                  .transaction(
                      () -> {
                        put(7);
                        storage().rollback();
                        put(8);
                      });
              storage().put("outer", 1L);
            });

    assertThat(value()).isEqualTo(8);
    assertThat(storage().get("outer", Long.class)).contains(1L);
  }

  @Test
  void what_the_body_throws_passes_on_as_it_is_and_its_result_too() {
    Error error = new AssertionError("an Error");
    assertThatThrownBy(
            () ->
                storage()
                    .transaction(
                        () -> {
                          put(1);
                          throw error;
                        }))
        .isSameAs(error);
    assertThat(storage().transaction(() -> "result")).isEqualTo("result");
    assertThat(rig.state().inTransaction()).isFalse();
    assertThat(value()).isEqualTo(-1);
  }

  @Test
  void a_turn_whose_only_writes_were_rolled_back_makes_no_commit() {
    storage()
        .transaction(
            () -> {
              put(1);
              storage().rollback();
            });
    rig.endTurn();

    assertThat(rig.seq()).isZero();
    assertThat(rig.commits()).isEmpty();
  }

  @Test
  void delete_and_list_within_a_transaction_see_every_layer() {
    storage().put("a", 1L);
    storage().put("b", 1L);
    rig.endTurn();
    storage().put("c", 1L);
    storage()
        .transaction(
            () -> {
              storage().put("d", 1L);
              assertThat(storage().delete(List.of("a", "c", "d"))).isEqualTo(3);
              storage().put("e", 1L);
              assertThat(storage().list(Long.class, KeyRange.all()).keySet())
                  .containsExactly("b", "e");
              storage().rollback();
              assertThat(storage().list(Long.class, KeyRange.all().reverse()).keySet())
                  .containsExactly("c", "b", "a");
            });
    assertThat(storage().list(Long.class, KeyRange.all()).keySet()).containsExactly("a", "b", "c");
  }

  @Test
  @Conformance("C-TX-28")
  void onRollback_actions_run_for_the_levels_that_are_undone_last_one_first() {
    storage()
        .transaction(
            () -> {
              storage().onRollback(() -> trace.add("outer 1"));
              storage()
                  .transaction(
                      () -> {
                        storage().onRollback(() -> trace.add("inner"));
                        storage().rollback();
                      });
              assertThat(trace).containsExactly("inner");
              storage().onRollback(() -> trace.add("outer 2"));
              storage().transaction(() -> storage().onRollback(() -> trace.add("inner kept")));
              assertThat(trace).containsExactly("inner");
              storage().rollback();
            });

    assertThat(trace).containsExactly("inner", "inner kept", "outer 2", "outer 1");
  }

  @Test
  void onRollback_actions_run_once_and_not_after_success() {
    storage()
        .transaction(
            () -> {
              storage().onRollback(() -> trace.add("first"));
              storage().rollback();
              storage().rollback();
            });
    storage().transaction(() -> storage().onRollback(() -> trace.add("never")));
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                storage()
                    .transaction(
                        () -> {
                          throw new IllegalStateException("later");
                        }));

    assertThat(trace).containsExactly("first");
  }

  @Test
  void onRollback_actions_see_the_state_that_was_brought_back() {
    put(3);
    storage()
        .transaction(
            () -> {
              storage().onRollback(() -> trace.add("value " + value()));
              put(4);
              storage().rollback();
            });

    assertThat(trace).containsExactly("value 3");
  }

  @Test
  void a_failing_onRollback_action_keeps_neither_the_others_nor_the_cause_from_being_seen() {
    IllegalArgumentException cause = new IllegalArgumentException("cause");
    IllegalStateException broken = new IllegalStateException("broken action");
    assertThatThrownBy(
            () ->
                storage()
                    .transaction(
                        () -> {
                          put(1);
                          storage().onRollback(() -> trace.add("first"));
                          storage()
                              .onRollback(
                                  () -> {
                                    throw broken;
                                  });
                          storage().onRollback(() -> trace.add("last"));
                          throw cause;
                        }))
        .isSameAs(cause)
        .hasSuppressedException(broken);

    assertThat(trace).containsExactly("last", "first");
    assertThat(value()).isEqualTo(-1);
    assertThat(rig.state().inTransaction()).isFalse();
  }

  @Test
  void a_failing_onRollback_action_is_thrown_by_rollback() {
    storage()
        .transaction(
            () -> {
              storage().onRollback(() -> trace.add("first"));
              storage()
                  .onRollback(
                      () -> {
                        throw new IllegalStateException("broken action");
                      });
              assertThatIllegalStateException()
                  .isThrownBy(storage()::rollback)
                  .withMessage("broken action");
            });

    assertThat(trace).containsExactly("first");
  }

  @Test
  void outputs_fall_with_their_transaction_and_stay_with_an_inner_success() {
    rig.state().issue(new Noted("before"));
    storage()
        .transaction(
            () -> {
              rig.state().issue(new Noted("dropped"));
              storage().transaction(() -> rig.state().issue(new Noted("dropped too")));
              storage().rollback();
              rig.state().issue(new Noted("after"));
            });
    rig.endTurn();

    assertThat(trace)
        .containsExactly(
            "drop dropped NOT_APPLIED",
            "drop dropped too NOT_APPLIED",
            "leave before",
            "leave after");
  }

  private final class Noted implements Output {
    private final String name;

    Noted(String name) {
      this.name = name;
    }

    @Override
    public void leave() {
      trace.add("leave " + name);
    }

    @Override
    public void drop(StorageException failure) {
      assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
      trace.add("drop " + name + " " + failure.outcome());
    }
  }

  @Test
  void rollback_and_onRollback_need_an_open_transaction() {
    assertThatIllegalStateException()
        .isThrownBy(storage()::rollback)
        .withMessage("Rig/a: no transaction is open; call this inside storage.transaction(...)");
    assertThatIllegalStateException()
        .isThrownBy(() -> storage().onRollback(() -> {}))
        .withMessageContaining("no transaction is open");
    storage().transaction(() -> {});
    assertThatIllegalStateException().isThrownBy(storage()::rollback);
  }

  @Test
  void sync_and_deleteAll_are_refused_within_a_transaction_which_goes_on() {
    put(1);
    storage()
        .transaction(
            () -> {
              put(2);
              assertThatIllegalStateException()
                  .isThrownBy(storage()::sync)
                  .withMessage("sync inside a transaction; call it outside");
              assertThatIllegalStateException()
                  .isThrownBy(storage()::deleteAll)
                  .withMessage("deleteAll inside a transaction; call it outside");
              put(3);
            });
    rig.endTurn();

    assertThat(rig.lastCommit()).isEqualTo("value=03");
  }

  @Test
  void a_transaction_after_deleteAll_rolls_back_to_nothing() {
    put(1);
    rig.endTurn();
    storage().deleteAll();
    storage()
        .transaction(
            () -> {
              put(2);
              storage().rollback();
              assertThat(value()).isEqualTo(-1);
            });

    assertThat(value()).isEqualTo(-1);
    rig.endTurn();
    assertThat(rig.lastCommit()).isEqualTo("clear");
  }

  @Test
  void transactions_nest_deeply() {
    nest(1_000);

    assertThat(value()).isEqualTo(1_000);
    rig.endTurn();
    assertThat(rig.lastCommit()).isEqualTo("value=1903e8");
  }

  private void nest(int depth) {
    storage()
        .transaction(
            () -> {
              put(value() + (value() < 0 ? 2 : 1));
              if (depth > 1) {
                nest(depth - 1);
              }
            });
  }

  @Test
  @Conformance("C-TX-03")
  void putAll_with_one_refused_entry_stores_none_and_keeps_what_was_written_before() {
    put(1);
    Map<String, Object> tooLarge = new LinkedHashMap<>();
    tooLarge.put("a", 1L);
    tooLarge.put("b", new byte[StateLimits.DEFAULT.valueBytes()]);
    assertThatThrownBy(() -> storage().putAll(tooLarge)).isInstanceOf(LimitExceededException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage().putAll(Map.of("a", 1L, "\ud800", 2L)));

    assertThat(storage().list(Long.class, KeyRange.all()).keySet()).containsExactly("value");
    assertThat(rig.state().inTransaction()).isFalse();
  }
}
