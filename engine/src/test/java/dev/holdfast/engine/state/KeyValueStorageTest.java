// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import dev.holdfast.Key;
import dev.holdfast.KeyRange;
import dev.holdfast.Storage;
import dev.holdfast.TypeRef;
import dev.holdfast.engine.Conformance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is stored under keys, seen within the turn and after it. */
final class KeyValueStorageTest {
  private final StateRig rig = new StateRig();

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  private Storage storage() {
    return rig.storage();
  }

  private List<String> keys(KeyRange range) {
    return List.copyOf(storage().list(String.class, range).keySet());
  }

  private void fill(String... keys) {
    for (String key : keys) {
      storage().put(key, "value of " + key);
    }
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Conformance("C-KV-01")
  void list_gives_all_keys_in_order_and_reversed() {
    fill("foo", "bar", "baz", "qux");

    assertThat(keys(KeyRange.all())).containsExactly("bar", "baz", "foo", "qux");
    assertThat(keys(KeyRange.all().reverse())).containsExactly("qux", "foo", "baz", "bar");
  }

  @Test
  @Conformance("C-KV-03")
  void list_ends_before_its_end() {
    fill("foo", "bar", "baz", "qux");

    assertThat(keys(KeyRange.all().until("foo"))).containsExactly("bar", "baz");
    assertThat(keys(KeyRange.all().until("fop"))).containsExactly("bar", "baz", "foo");
  }

  @Test
  @Conformance("C-KV-04")
  void list_counts_its_limit_within_its_bounds() {
    fill("foo", "bar", "baz", "qux");

    assertThat(keys(KeyRange.all().limit(2))).containsExactly("bar", "baz");
    assertThat(keys(KeyRange.all().from("baz").limit(2))).containsExactly("baz", "foo");
    assertThat(keys(KeyRange.all().until("foo").limit(3))).containsExactly("bar", "baz");
    assertThat(keys(KeyRange.all().reverse().limit(2))).containsExactly("qux", "foo");
  }

  @Test
  @Conformance("C-KV-06")
  void delete_says_whether_there_was_an_entry() {
    fill("foo");

    assertThat(storage().delete("foo")).isTrue();
    assertThat(storage().delete("foo")).isFalse();
    assertThat(storage().delete("never there")).isFalse();
    assertThat(storage().get("foo", String.class)).isEmpty();
  }

  @Test
  @Conformance("C-KV-06")
  void put_replaces_what_was_there() {
    storage().put("foo", 1L);
    storage().put("foo", "two");

    assertThat(storage().get("foo", String.class)).contains("two");
  }

  @Test
  @Conformance({"C-KV-06", "C-KV-07", "C-TX-27"})
  void deleteAll_empties_the_storage_for_reads_at_once_and_lets_it_be_filled_again() {
    fill("foo", "bar", "baz");
    rig.endTurn();
    storage().put("qux", "new");
    storage().deleteAll();

    assertThat(storage().get("foo", String.class)).isEmpty();
    assertThat(storage().delete("bar")).isFalse();
    assertThat(keys(KeyRange.all())).isEmpty();

    storage().put("foo", "again");
    assertThat(keys(KeyRange.all())).containsExactly("foo");

    rig.reactivate();
    assertThat(storage().list(String.class, KeyRange.all())).containsExactly(entry("foo", "again"));
  }

  @Test
  @Conformance("C-KV-09")
  void every_operation_works_in_sequence() {
    storage().put("a", 1L);
    storage().putAll(Map.of("b", 2L, "c", 3L));
    assertThat(storage().get("a", Long.class)).contains(1L);
    assertThat(storage().getAll(List.of("a", "c"), Long.class)).hasSize(2);
    assertThat(storage().delete("a")).isTrue();
    assertThat(storage().delete(List.of("a", "b"))).isEqualTo(1);
    assertThat(storage().list(Long.class, KeyRange.all())).containsExactly(entry("c", 3L));
    storage().transaction(() -> storage().put("d", 4L));
    storage().sync();
    storage().deleteAll();
    storage().sync();
    assertThat(storage().list(Long.class, KeyRange.all())).isEmpty();
  }

  @Test
  @Conformance("C-KV-10")
  void getAll_gives_the_existing_ones_in_key_order() {
    fill("foo", "bar", "qux");
    rig.endTurn();
    storage().put("baz", "value of baz");
    storage().delete("bar");

    assertThat(storage().getAll(List.of("qux", "none", "bar", "foo", "baz", "foo"), String.class))
        .containsExactly(
            entry("baz", "value of baz"),
            entry("foo", "value of foo"),
            entry("qux", "value of qux"));
    assertThat(storage().getAll(List.of(), String.class)).isEmpty();
  }

  @Test
  @Conformance("C-KV-12")
  void list_with_a_limit_is_the_beginning_of_the_list() {
    for (int i = 0; i < 300; i++) {
      storage().put("key %03d".formatted(i), "v");
    }
    List<String> all = keys(KeyRange.all());
    rig.reactivate();

    for (int limit : new int[] {1, 2, 127, 128, 129, 255, 256, 257, 299, 300, 1_000}) {
      assertThat(keys(KeyRange.all().limit(limit)))
          .isEqualTo(all.subList(0, Math.min(limit, all.size())));
    }
  }

  @Test
  @Conformance("C-KV-27")
  void a_range_with_two_starts_or_a_limit_of_nothing_is_refused() {
    assertThatIllegalArgumentException().isThrownBy(() -> KeyRange.all().from("a").after("b"));
    assertThatIllegalArgumentException().isThrownBy(() -> KeyRange.all().after("a").from("b"));
    assertThatIllegalArgumentException().isThrownBy(() -> KeyRange.all().limit(0));
    assertThatIllegalArgumentException().isThrownBy(() -> KeyRange.all().limit(-1));
  }

  @Test
  void bounds_combine() {
    fill("a", "p1", "p2", "p3", "p4", "q", "z");

    assertThat(keys(KeyRange.prefix("p"))).containsExactly("p1", "p2", "p3", "p4");
    assertThat(keys(KeyRange.prefix("p").from("p2"))).containsExactly("p2", "p3", "p4");
    assertThat(keys(KeyRange.prefix("p").after("p2"))).containsExactly("p3", "p4");
    assertThat(keys(KeyRange.prefix("p").until("p3"))).containsExactly("p1", "p2");
    assertThat(keys(KeyRange.prefix("p").from("a").until("z").reverse().limit(3)))
        .containsExactly("p4", "p3", "p2");
    assertThat(keys(KeyRange.prefix("p").from("q"))).isEmpty();
    assertThat(keys(KeyRange.prefix("p").until("a"))).isEmpty();
    assertThat(keys(KeyRange.between("q", "p1"))).isEmpty();
    assertThat(keys(KeyRange.between("p1", "p1"))).isEmpty();
    assertThat(keys(KeyRange.prefix("p1"))).containsExactly("p1");
    assertThat(keys(KeyRange.prefix("p11"))).isEmpty();
  }

  @Test
  void the_empty_key_is_a_key_like_others() {
    storage().put("", "empty");
    storage().put("a", "value of a");

    assertThat(keys(KeyRange.all())).containsExactly("", "a");
    assertThat(keys(KeyRange.all().after(""))).containsExactly("a");
    assertThat(keys(KeyRange.all().until(""))).isEmpty();
    rig.reactivate();
    assertThat(storage().get("", String.class)).contains("empty");
    assertThat(storage().delete("")).isTrue();
  }

  @Test
  void keys_are_ordered_by_their_utf8_bytes_not_by_their_chars() {
    String privateUse = "\ue000";
    String lastOfThePlane = "\uffff";
    String beyond = "\ud83d\ude00"; // its chars are smaller than U+E000
    fill(beyond, lastOfThePlane, privateUse, "\u00e9", "z", "\u0000", "\u007f");

    List<String> expected =
        List.of("\u0000", "z", "\u007f", "\u00e9", privateUse, lastOfThePlane, beyond);
    assertThat(keys(KeyRange.all())).isEqualTo(expected);
    assertThat(storage().getAll(expected.reversed(), String.class).keySet())
        .containsExactlyElementsOf(expected);
    assertThat(keys(KeyRange.all().after(lastOfThePlane))).containsExactly(beyond);
    assertThat(keys(KeyRange.prefix("\ud83d\ude00"))).containsExactly(beyond);
    rig.reactivate();
    assertThat(keys(KeyRange.all().reverse())).isEqualTo(expected.reversed());
  }

  @Test
  void values_are_copied_in_and_out() {
    List<String> value = new ArrayList<>(List.of("a"));
    byte[] bytes = {1, 2};
    storage().put("list", value);
    storage().put("bytes", bytes);
    value.add("changed after put");
    bytes[0] = 9;
    TypeRef<List<String>> type = new TypeRef<>() {};

    List<String> read = storage().get("list", type).orElseThrow();
    assertThat(read).containsExactly("a");
    byte[] readBytes = storage().get("bytes", byte[].class).orElseThrow();
    assertThat(readBytes).containsExactly(1, 2);
    Arrays.fill(readBytes, (byte) 7);
    try {
      read.add("changed after get");
    } catch (UnsupportedOperationException e) {
      // A copy that cannot be changed serves as well.
    }

    assertThat(storage().get("list", type)).contains(List.of("a"));
    assertThat(storage().get("bytes", byte[].class).orElseThrow()).containsExactly(1, 2);
    rig.endTurn();
    assertThat(storage().list(type, KeyRange.prefix("list")))
        .containsExactly(entry("list", List.of("a")));
    assertThat(storage().get("bytes", byte[].class).orElseThrow()).containsExactly(1, 2);
  }

  @Test
  void values_of_a_sealed_interface_come_back_through_a_typed_key() {
    Key<Shape> shape = Key.of("shape", Shape.class);
    Key<List<Shape>> shapes = Key.of("shapes", new TypeRef<List<Shape>>() {});
    storage().put(shape, new Circle(1));
    storage().put(shapes, List.of(new Square(2), new Circle(3)));
    rig.reactivate();

    assertThat(storage().get(shape)).contains(new Circle(1));
    assertThat(storage().get(shapes)).contains(List.of(new Square(2), new Circle(3)));
    assertThat(storage().delete(shape)).isTrue();
    assertThat(storage().get(shape)).isEmpty();
  }

  @Test
  void a_number_is_read_as_any_type_that_holds_it() {
    storage().put("n", 7);

    assertThat(storage().get("n", Long.class)).contains(7L);
    assertThat(storage().get("n", Integer.class)).contains(7);
    assertThat(storage().get("n", long.class)).contains(7L);
  }

  @Test
  void null_is_refused_and_nothing_is_written() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage().put("k", putNull()))
        .withMessage("put k: the value is null; use delete to remove an entry");
    assertThat(rig.state().nothingToSeal()).isTrue();
  }

  @SuppressWarnings("NullAway") // what a careless caller does
  private static Object putNull() {
    return null;
  }

  @Test
  void a_value_that_cannot_be_encoded_is_refused_by_the_key_and_nothing_is_written() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage().put("k", new Object()))
        .withMessageStartingWith("put k: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage().putAll(Map.of("a", 1L, "b", new Object())))
        .withMessageStartingWith("put b: ");
    assertThat(rig.state().nothingToSeal()).isTrue();
    assertThat(storage().get("a", Long.class)).isEmpty();
  }

  @Test
  void a_value_of_another_type_is_refused_by_the_key() {
    storage().put("k", "text");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage().get("k", Long.class))
        .withMessageStartingWith("get k: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage().list(Long.class, KeyRange.all()))
        .withMessageStartingWith("get k: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage().scan(Long.class, KeyRange.all()).toList())
        .withMessageStartingWith("get k: ");
    assertThat(storage().get("k", String.class)).contains("text");
  }

  @Test
  void an_empty_optional_is_a_value() {
    TypeRef<Optional<String>> type = new TypeRef<>() {};
    storage().put("k", Optional.empty());

    assertThat(storage().get("k", type)).contains(Optional.empty());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> storage().get("k", String.class))
        .withMessageStartingWith("get k: ");
  }

  @Test
  @Conformance({"C-TX-01", "C-TX-04"})
  void putAll_stores_everything_in_one_commit() {
    Map<String, Object> entries = new LinkedHashMap<>();
    entries.put("b", 2L);
    entries.put("a", 1L);
    storage().putAll(entries);
    storage().putAll(Map.of());
    rig.endTurn();

    assertThat(rig.lastCommit()).isEqualTo("a=01 b=02");
    assertThat(rig.commits()).hasSize(1);
  }

  @Test
  void delete_of_several_counts_those_that_were_there() {
    fill("a", "b", "c");
    rig.endTurn();
    storage().put("d", "value of d");
    storage().delete("c");

    assertThat(storage().delete(List.of("a", "c", "d", "a", "none"))).isEqualTo(2);
    assertThat(keys(KeyRange.all())).containsExactly("b");
    assertThat(storage().delete(List.of())).isZero();
  }
}
