// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.Storage;
import dev.holdfast.engine.Conformance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is too large is refused with a message that says so, and nothing of it is written. */
final class StorageLimitsTest {
  private static final StateLimits LIMITS = new StateLimits(10, 20, 100, 1_000, 1 << 20);

  private final StateRig rig = new StateRig(LIMITS);

  private Storage storage() {
    return rig.storage();
  }

  /** A value that takes that many bytes encoded. */
  private static byte[] value(int bytes) {
    return new byte[bytes - 1];
  }

  private List<String> keys() {
    return List.copyOf(storage().list(byte[].class, KeyRange.all()).keySet());
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void a_key_is_measured_in_utf8_bytes() {
    storage().put("0123456789", value(1));
    storage().put("\u00e9\u00e9\u00e9\u00e9\u00e9", value(1));
    storage().put("\ud83d\ude00\ud83d\ude0012", value(1));

    assertThatThrownBy(() -> storage().put("0123456789a", value(1)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage("key 0123456789a… has 11 bytes in UTF-8, limit 10; use a shorter key");
    assertThatThrownBy(() -> storage().put("\u00e9\u00e9\u00e9\u00e9\u00e9a", value(1)))
        .isInstanceOf(LimitExceededException.class);
    assertThatThrownBy(() -> storage().get("x".repeat(5_000), Long.class))
        .hasMessage(
            "key " + "x".repeat(32) + "… has 5000 bytes in UTF-8, limit 10; use a shorter key");
    assertThatThrownBy(() -> storage().delete("0123456789a"))
        .isInstanceOf(LimitExceededException.class);
    assertThatThrownBy(() -> storage().getAll(List.of("a", "0123456789a"), Long.class))
        .isInstanceOf(LimitExceededException.class);
    assertThat(keys()).hasSize(3);
  }

  @Test
  void a_bound_of_a_range_may_be_longer_than_a_key() {
    storage().put("0123456789", value(1));

    assertThat(storage().list(byte[].class, KeyRange.between("0123456", "0123456789abc")))
        .hasSize(1);
    assertThat(storage().list(byte[].class, KeyRange.prefix("0123456789abc"))).isEmpty();
  }

  @Test
  void a_value_is_measured_encoded() {
    storage().put("k", value(20));

    assertThatThrownBy(() -> storage().put("k", value(21)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage(
            "put k: the value has 21 bytes encoded, limit 20 (limits.value-bytes); split it over several keys");
    assertThat(storage().get("k", byte[].class).orElseThrow()).hasSize(19);
  }

  @Test
  @Conformance("C-KV-21")
  void a_turn_is_measured_by_its_keys_and_values() {
    for (int i = 0; i < 4; i++) {
      storage().put("k" + i, value(20));
    }
    // Each weighs its key, a byte for the kind of entry, and its value: 4 times 23.
    assertThatThrownBy(() -> storage().put("k4", value(20)))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage(
            "Rig/a: this turn's writes would reach 115 bytes, limit 100 (limits.commit-bytes);"
                + " write less in one turn, or split it with sync()");
    storage().put("k4", value(5));
    assertThat(keys()).containsExactly("k0", "k1", "k2", "k3", "k4");

    rig.endTurn();
    storage().put("k5", value(20));
    assertThat(keys()).hasSize(6);
  }

  @Test
  void sync_splits_a_turn_that_is_too_large() {
    for (int i = 0; i < 40; i++) {
      storage().put("k" + i, value(20));
      storage().sync();
    }
    assertThat(keys()).hasSize(40);
    assertThat(rig.commits()).hasSize(40);
  }

  @Test
  @Conformance("C-KV-21")
  void what_is_read_at_once_is_measured_by_its_keys_and_values() {
    List<String> all = IntStream.range(0, 50).mapToObj("k%02d"::formatted).toList();
    for (String key : all) {
      storage().put(key, value(20));
      storage().sync();
    }

    // Each weighs 24, so that 41 are the most.
    assertThat(storage().list(byte[].class, KeyRange.all().limit(41))).hasSize(41);
    assertThat(storage().getAll(all.subList(0, 41), byte[].class)).hasSize(41);
    for (KeyRange range :
        List.of(KeyRange.all(), KeyRange.all().reverse(), KeyRange.prefix("k").limit(42))) {
      assertThatThrownBy(() -> storage().list(byte[].class, range))
          .isInstanceOf(LimitExceededException.class)
          .hasMessage(
              "list: more than 1000 bytes (limits.list-bytes) under keys of this range;"
                  + " limit or narrow it, or use scan");
    }
    assertThatThrownBy(() -> storage().getAll(all.subList(0, 42), byte[].class))
        .isInstanceOf(LimitExceededException.class)
        .hasMessage(
            "getAll: more than 1000 bytes (limits.list-bytes) under these keys;"
                + " ask for fewer of them, or use scan");
    assertThat(storage().scan(byte[].class, KeyRange.all())).hasSize(50);
  }

  @Test
  void what_is_overwritten_in_the_turn_does_not_count() {
    for (int i = 0; i < 50; i++) {
      storage().put("a", value(20));
      storage().put("b", value(20));
      storage().put("c", value(20));
      storage().put("d", value(20));
    }
    storage().delete("a");
    storage().put("e", value(17));
    storage()
        .transaction(
            () -> {
              for (int i = 0; i < 50; i++) {
                storage().put("b", value(20));
                storage().put("c", value(20));
                storage().transaction(() -> storage().put("d", value(20)));
              }
            });
    rig.endTurn();

    assertThat(rig.commits()).hasSize(1);
    assertThat(keys()).containsExactly("b", "c", "d", "e");
  }

  @Test
  void what_is_rolled_back_does_not_count() {
    for (int i = 0; i < 20; i++) {
      storage()
          .transaction(
              () -> {
                storage().put("a", value(20));
                storage().put("b", value(20));
                storage().put("c", value(20));
                storage().put("d", value(20));
                storage().rollback();
              });
    }
    storage().put("e", value(20));
    assertThat(keys()).containsExactly("e");
  }

  @Test
  void an_inner_success_counts_once() {
    storage()
        .transaction(
            () -> {
              storage().put("a", value(20));
              storage().transaction(() -> storage().put("b", value(20)));
              storage().put("c", value(20));
            });
    storage().put("d", value(20));

    assertThatThrownBy(() -> storage().put("e", value(20)))
        .hasMessageContaining("would reach 110 bytes, limit 100");
  }

  @Test
  void putAll_beyond_the_limit_of_the_turn_writes_nothing() {
    storage().put("before", value(2));
    Map<String, Object> entries = new LinkedHashMap<>();
    IntStream.range(0, 5).forEach(i -> entries.put("k" + i, value(20)));

    assertThatThrownBy(() -> storage().putAll(entries)).isInstanceOf(LimitExceededException.class);
    assertThat(keys()).containsExactly("before");
    rig.endTurn();
    assertThat(rig.commits().getFirst().changes()).hasSize(1);
  }

  @Test
  void delete_of_several_beyond_the_limit_of_the_turn_deletes_nothing() {
    List<String> all = IntStream.range(10, 99).mapToObj(i -> "k" + i).toList();
    for (String key : all) {
      storage().put(key, value(1));
      storage().sync();
    }

    assertThatThrownBy(() -> storage().delete(all)).isInstanceOf(LimitExceededException.class);
    assertThat(keys()).isEqualTo(all);
    assertThat(storage().delete(all.subList(0, 10))).isEqualTo(10);
  }

  @Test
  void deleteAll_has_no_weight() {
    for (int i = 0; i < 4; i++) {
      storage().put("k" + i, value(20));
    }
    storage().deleteAll();
    for (int i = 0; i < 4; i++) {
      storage().put("n" + i, value(20));
    }
    rig.endTurn();
    assertThat(keys()).containsExactly("n0", "n1", "n2", "n3");
  }

  @Test
  void unpaired_surrogates_are_refused_wherever_a_key_is_given() {
    for (String key : List.of("\ud800", "a\udc00b", "\udc00\ud800", "end\ud83d")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> storage().put(key, 1L))
          .withMessage("a key with an unpaired surrogate cannot be stored: it has no UTF-8 form");
      assertThatIllegalArgumentException().isThrownBy(() -> storage().get(key, Long.class));
      assertThatIllegalArgumentException().isThrownBy(() -> storage().delete(key));
      assertThatIllegalArgumentException().isThrownBy(() -> storage().delete(List.of("a", key)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> storage().getAll(List.of(key), Long.class));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> storage().putAll(Map.of("fine", 1L, key, 2L)));
      assertThatIllegalArgumentException().isThrownBy(() -> storage().append(key, 1L));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> storage().list(Long.class, KeyRange.prefix(key)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> storage().scan(Long.class, KeyRange.all().from(key)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> storage().list(Long.class, KeyRange.all().until(key)));
    }
    assertThat(rig.state().nothingToSeal()).isTrue();
  }
}
