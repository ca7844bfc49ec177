// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.KeyRange;
import dev.holdfast.ObjectId;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.ObjectRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The directory: which objects exist, by id and by name. */
abstract class DirectoryContract extends ContractTest {

  private void create(String... names) {
    for (String name : names) {
      open(name).draft().commit();
    }
  }

  private static ObjectId unnamedId(int number) {
    byte[] bytes = new byte[ObjectId.BYTES];
    bytes[0] = (byte) number;
    return ObjectId.of(bytes, null);
  }

  private List<String> names(String prefix, String after, int limit) {
    return names(store().directory().byName(NAMESPACE, prefix, after, limit));
  }

  private List<String> names(String prefix) {
    return names(store().directory().byName(NAMESPACE, prefix, null, 100));
  }

  private static List<String> names(List<DirectoryEntry> entries) {
    return entries.stream().map(entry -> entry.id().name().orElseThrow()).toList();
  }

  @Test
  void an_object_is_listed_from_its_first_commit_on() throws Exception {
    found("a");
    clock.advance(Duration.ofMillis(2500));
    create("b");
    clock.advanceSeconds(10);
    create("b");

    List<DirectoryEntry> byId = store().directory().byId(NAMESPACE, null, 10);
    assertThat(byId)
        .containsExactly(
            new DirectoryEntry(id("b"), START.plusSeconds(2), START.plusSeconds(12), 0));
    assertThat(byId.getFirst().id().name()).contains("b");
    assertThat(store().directory().byName(NAMESPACE, "", null, 10)).isEqualTo(byId);
    reopen();
    assertThat(store().directory().byId(NAMESPACE, null, 10)).isEqualTo(byId);
    assertThat(names("")).containsExactly("b");
  }

  @Test
  void its_creation_is_the_second_of_the_generation_of_its_first_commit() {
    clock.set(Instant.parse("2026-03-01T10:00:00.999Z"));
    create("a");

    assertThat(store().directory().byId(NAMESPACE, null, 1))
        .first()
        .returns(Instant.parse("2026-03-01T10:00:00Z"), DirectoryEntry::created);
  }

  @Test
  void by_id_lists_all_in_the_order_of_ids_page_by_page() throws Exception {
    List<ObjectId> ids =
        new ArrayList<>(
            Stream.of(5, 0, 255, 128, 127, 1).map(DirectoryContract::unnamedId).toList());
    for (ObjectId id : ids) {
      open(new ObjectRef(NAMESPACE, id), null).draft().commit();
    }
    ids.sort(null);
    reopen();

    List<ObjectId> listed = new ArrayList<>();
    ObjectId after = null;
    List<DirectoryEntry> page = store().directory().byId(NAMESPACE, after, 2);
    while (!page.isEmpty()) {
      assertThat(page.size()).isLessThanOrEqualTo(2);
      page.forEach(entry -> listed.add(entry.id()));
      after = page.getLast().id();
      page = store().directory().byId(NAMESPACE, after, 2);
    }
    assertThat(listed).containsExactlyElementsOf(ids);
    assertThat(listed.stream().map(ObjectId::name)).containsOnly(Optional.empty());
    assertThat(store().directory().byName(NAMESPACE, "", null, 10)).isEmpty();
    assertThat(store().directory().byId(NAMESPACE, unnamedId(6), 10))
        .first()
        .returns(unnamedId(127), DirectoryEntry::id);
  }

  @Test
  void by_name_lists_the_named_in_the_order_of_their_utf8_bytes() throws Exception {
    create("b", "😀", "\uffff", "a", "", "é", "aa", "B");
    open(new ObjectRef(NAMESPACE, unnamedId(9)), null).draft().commit();
    reopen();

    assertThat(names("")).containsExactly("", "B", "a", "aa", "b", "é", "\uffff", "😀");
    assertThat(store().directory().byId(NAMESPACE, null, 100)).hasSize(9);
  }

  @Test
  void by_name_lists_those_with_a_prefix_after_a_name() {
    create("room-1", "room-2", "room-3", "roo", "room", "rooms", "s", "a");

    assertThat(names("room")).containsExactly("room", "room-1", "room-2", "room-3", "rooms");
    assertThat(names("room-")).containsExactly("room-1", "room-2", "room-3");
    assertThat(names("room-", "room-1", 10)).containsExactly("room-2", "room-3");
    assertThat(names("room-", "room-11", 1)).containsExactly("room-2");
    assertThat(names("room-", "a", 10)).containsExactly("room-1", "room-2", "room-3");
    assertThat(names("room-", "s", 10)).isEmpty();
    assertThat(names("room-", "room-3", 10)).isEmpty();
    assertThat(names("x")).isEmpty();
    assertThat(names("", "rooms", 10)).containsExactly("s");
    assertThat(names("", "", 1)).containsExactly("a");
  }

  @Test
  void namespaces_have_directories_of_their_own() {
    create("a");
    for (String namespace : List.of("Count", "Counters", "D")) {
      open(new ObjectRef(namespace, id("x")), "x in " + namespace).draft().commit();
    }

    assertThat(names("")).containsExactly("a");
    assertThat(store().directory().byId(NAMESPACE, null, 10)).hasSize(1);
    assertThat(names(store().directory().byName("Counters", "", null, 10)))
        .containsExactly("x in Counters");
    assertThat(store().directory().byId("Counters", null, 10)).hasSize(1);
    assertThat(store().directory().byId("Counters", id("x"), 10)).isEmpty();
    assertThat(store().directory().byId("nowhere", null, 10)).isEmpty();
    assertThat(store().directory().byName("nowhere", "", null, 10)).isEmpty();
  }

  @Test
  void clearing_an_object_does_not_unlist_it() {
    create("a");
    open("a").clear().commit();

    assertThat(names("")).containsExactly("a");
    assertThat(store().directory().byId(NAMESPACE, null, 10)).hasSize(1);
  }

  private List<String> names(KeyRange range) {
    return names(store().directory().byName(NAMESPACE, range));
  }

  @Test
  void by_name_lists_a_range_in_both_directions() throws Exception {
    create("a", "b", "b1", "b2", "c", "é", "😀");
    reopen();

    assertThat(names(KeyRange.all())).containsExactly("a", "b", "b1", "b2", "c", "é", "😀");
    assertThat(names(KeyRange.all().reverse()))
        .containsExactly("😀", "é", "c", "b2", "b1", "b", "a");
    assertThat(names(KeyRange.between("b", "c"))).containsExactly("b", "b1", "b2");
    assertThat(names(KeyRange.between("b", "c").reverse().limit(2))).containsExactly("b2", "b1");
    assertThat(names(KeyRange.prefix("b").after("b"))).containsExactly("b1", "b2");
    assertThat(names(KeyRange.prefix("b").from("b1").until("b2"))).containsExactly("b1");
    assertThat(names(KeyRange.prefix("b").until("b2").reverse())).containsExactly("b1", "b");
    assertThat(names(KeyRange.between("c", "b"))).isEmpty();
    assertThat(names(KeyRange.between("c", "b").reverse())).isEmpty();
    assertThat(names(KeyRange.all().after("😀"))).isEmpty();
    assertThat(names(KeyRange.all().until("a").reverse())).isEmpty();
    assertThat(names(KeyRange.all().limit(1))).containsExactly("a");
  }

  @Test
  void reading_backwards_ends_with_the_namespace() {
    open(new ObjectRef("Count", id("x")), "zz").draft().commit();
    create("a");
    open(new ObjectRef("Counters", id("x")), "b").draft().commit();

    assertThat(names(KeyRange.all().reverse())).containsExactly("a");
    assertThat(names(KeyRange.prefix("a").reverse())).containsExactly("a");
  }

  @Test
  void namespaces_are_listed_from_their_first_secret_on_in_the_order_of_their_names()
      throws Exception {
    assertThat(store().directory().namespaces()).isEmpty();
    store().namespaceSecret("B");
    assertThat(store().directory().namespaces()).containsExactly("B");
    create("a");
    open(new ObjectRef("A-1", id("x")), null).draft().commit();
    open(new ObjectRef("A", id("x")), null).draft().commit();
    assertThat(store().directory().namespaces()).containsExactly("A", "A-1", "B", NAMESPACE);
    reopen();
    assertThat(store().directory().namespaces()).containsExactly("A", "A-1", "B", NAMESPACE);
  }
}
