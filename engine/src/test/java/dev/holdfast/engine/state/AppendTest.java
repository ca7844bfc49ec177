// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.Storage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys that {@code append} makes. */
final class AppendTest {
  private final StateRig rig = new StateRig();
  private final List<String> made = new ArrayList<>();

  private Storage storage() {
    return rig.storage();
  }

  private void append() {
    made.add(storage().append("msg:", "value " + made.size()));
  }

  private List<String> stored() {
    return List.copyOf(storage().list(String.class, KeyRange.prefix("msg:")).keySet());
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void the_key_is_the_prefix_the_seq_of_the_coming_commit_and_an_index() {
    storage().put("a", 1L);
    rig.endTurn();

    assertThat(storage().append("msg:", "x")).isEqualTo("msg:000000000002000000");
    assertThat(storage().append("", "y")).isEqualTo("000000000002000001");
    rig.endTurn();
    assertThat(storage().append("msg:", "z")).isEqualTo("msg:000000000003000000");
  }

  @Test
  void keys_keep_their_order_within_and_across_turns_syncs_and_activations() {
    for (int i = 0; i < 300; i++) {
      append();
    }
    rig.endTurn();
    append();
    storage().sync();
    append();
    append();
    rig.reactivate();
    append();
    rig.endTurn();
    append();

    assertThat(made).doesNotHaveDuplicates().isSorted();
    assertThat(stored()).isEqualTo(made);
    assertThat(storage().get(made.getLast(), String.class)).contains("value 304");
  }

  @Test
  void a_rolled_back_append_leaves_a_gap_and_no_entry() {
    append();
    storage()
        .transaction(
            () -> {
              storage().append("msg:", "dropped");
              storage().rollback();
            });
    append();

    assertThat(made).isSorted().doesNotHaveDuplicates();
    assertThat(stored()).isEqualTo(made);
  }

  @Test
  void keys_go_on_after_a_turn_without_commit_and_after_deleteAll() {
    storage()
        .transaction(
            () -> {
              storage().append("msg:", "dropped");
              storage().rollback();
            });
    rig.endTurn();
    append();
    rig.endTurn();
    storage().deleteAll();
    append();
    rig.endTurn();
    append();

    assertThat(made).isSorted().doesNotHaveDuplicates();
    assertThat(stored()).isEqualTo(made.subList(1, 3));
  }

  @Test
  void prefixes_share_the_index_and_do_not_meet() {
    String one = storage().append("a", 1L);
    String other = storage().append("a0", 2L);
    String third = storage().append("a", 3L);

    assertThat(one).isEqualTo("a000000000001000000");
    assertThat(other).isEqualTo("a0000000000001000001");
    assertThat(third).isGreaterThan(one);
    assertThat(storage().list(Long.class, KeyRange.all())).hasSize(3);
  }

  @Test
  void a_refused_append_leaves_no_gap() {
    assertThatThrownBy(() -> storage().append("x".repeat(2_031), 1L))
        .isInstanceOf(LimitExceededException.class);
    assertThatThrownBy(() -> storage().append("msg:", new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("put msg:");

    assertThat(storage().append("x".repeat(2_030), 1L)).endsWith("000000000001000000");
  }
}
