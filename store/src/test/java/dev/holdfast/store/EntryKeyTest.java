// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EntryKeyTest {

  @Test
  void keys_are_ordered_by_kind_then_by_unsigned_bytes() {
    List<EntryKey> ordered =
        List.of(
            EntryKey.first(EntryKind.USER),
            EntryKey.user("\0"),
            EntryKey.user("a"),
            EntryKey.user("a\0"),
            EntryKey.user("aa"),
            EntryKey.user("é"),
            EntryKey.user("\uffff"),
            EntryKey.user("😀"),
            EntryKey.of(EntryKind.USER, new byte[] {-1}),
            EntryKey.end(EntryKind.USER),
            EntryKey.of(EntryKind.PAGE, new byte[] {0}),
            EntryKey.of(EntryKind.ALARM, new byte[] {0}),
            EntryKey.of(EntryKind.META, new byte[] {0}),
            EntryKey.end(EntryKind.META));
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      List<EntryKey> shuffled = new ArrayList<>(ordered);
      Collections.shuffle(shuffled, random);
      shuffled.sort(null);
      assertThat(shuffled).isEqualTo(ordered);
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_key_of_a_kind_lies_between_its_first_and_its_end(EntryKind kind) {
    for (byte[] bytes : new byte[][] {{}, {0}, {-1, -1, -1}, {127}, {-128}}) {
      EntryKey key = EntryKey.of(kind, bytes);
      assertThat(key).isGreaterThanOrEqualTo(EntryKey.first(kind)).isLessThan(EntryKey.end(kind));
      assertThat(key.kind()).isEqualTo(kind);
      assertThat(key.length()).isEqualTo(bytes.length + 1);
    }
  }

  @Test
  void nothing_lies_between_a_key_and_its_successor() {
    EntryKey key = EntryKey.user("a");

    assertThat(key.successor()).isGreaterThan(key).isEqualTo(EntryKey.user("a\0"));
    assertThat(key.successor().kind()).isEqualTo(EntryKind.USER);
  }

  @Test
  void keys_are_equal_by_kind_and_bytes() {
    EntryKey key = EntryKey.user("a");

    assertThat(EntryKey.ofBytes(key.bytes().clone())).isEqualTo(key).hasSameHashCodeAs(key);
    assertThat(EntryKey.of(EntryKind.PAGE, new byte[] {'a'})).isNotEqualTo(key);
    assertThat(EntryKey.user("b")).isNotEqualTo(key);
    assertThat(key.text()).isEqualTo("a");
    assertThat(EntryKey.user("😀é").text()).isEqualTo("😀é");
  }

  @Test
  void a_key_has_a_kind_that_exists() {
    assertThatThrownBy(() -> EntryKey.ofBytes(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EntryKind.ofCode((byte) 99))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("99");
  }

  @Test
  void a_users_key_prints_as_its_text_and_others_in_hex() {
    assertThat(EntryKey.user("profile")).hasToString("profile");
    assertThat(EntryKey.of(EntryKind.PAGE, new byte[] {0, 10})).hasToString("02000a");
  }
}
