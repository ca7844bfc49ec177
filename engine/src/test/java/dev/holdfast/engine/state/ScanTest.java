// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.KeyRange;
import dev.holdfast.Storage;
import dev.holdfast.engine.Conformance;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Scans: read as they advance, within one turn. */
final class ScanTest {
  /** More than one page, and more than is read when an object is opened. */
  private static final int MANY = 1_000;

  private final StateRig rig = new StateRig();

  private Storage storage() {
    return rig.storage();
  }

  private static String key(int i) {
    return "key %04d".formatted(i);
  }

  private void fill(int entries) {
    for (int i = 0; i < entries; i++) {
      storage().put(key(i), (long) i);
    }
  }

  private Iterator<Map.Entry<String, Long>> scan(KeyRange range) {
    return storage().scan(Long.class, range).iterator();
  }

  private List<String> keys(KeyRange range) {
    return storage().scan(Long.class, range).map(Map.Entry::getKey).toList();
  }

  private static List<String> keys(IntStream numbers) {
    return numbers.mapToObj(ScanTest::key).toList();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void a_scan_goes_through_many_pages_in_both_directions() {
    fill(MANY);
    List<String> all = keys(IntStream.range(0, MANY));
    assertThat(keys(KeyRange.all())).isEqualTo(all);
    rig.reactivate();

    assertThat(keys(KeyRange.all())).isEqualTo(all);
    assertThat(keys(KeyRange.all().reverse())).isEqualTo(all.reversed());
    assertThat(keys(KeyRange.all().after(key(10)).until(key(700)).limit(500)))
        .isEqualTo(all.subList(11, 511));
    assertThat(keys(KeyRange.all().from(key(10)).until(key(700)).reverse().limit(500)))
        .isEqualTo(all.subList(200, 700).reversed());
  }

  @Test
  void a_scan_reads_no_more_than_it_is_asked_for() {
    fill(MANY);
    rig.reactivate();

    assertThat(storage().scan(Long.class, KeyRange.all()).limit(3)).hasSize(3);
    assertThat(storage().scan(Long.class, KeyRange.all()).findFirst().orElseThrow().getValue())
        .isZero();
  }

  @Test
  void a_scan_sees_what_is_written_ahead_of_it_and_not_what_is_written_behind() {
    fill(10);
    List<String> seen = new ArrayList<>();
    Iterator<Map.Entry<String, Long>> scan = scan(KeyRange.all());
    for (int i = 0; i < 4; i++) {
      seen.add(scan.next().getKey());
    }
    storage().put("key 0001a", 1L);
    storage().put("key 0005a", 2L);
    storage().delete(key(7));
    storage().put(key(8), 80L);
    scan.forEachRemaining(entry -> seen.add(entry.getKey() + "=" + entry.getValue()));

    assertThat(seen)
        .containsExactly(
            key(0),
            key(1),
            key(2),
            key(3),
            "key 0004=4",
            "key 0005=5",
            "key 0005a=2",
            "key 0006=6",
            "key 0008=80",
            "key 0009=9");
  }

  @Test
  void a_reversed_scan_sees_what_is_written_ahead_of_it() {
    fill(6);
    rig.endTurn();
    Iterator<Map.Entry<String, Long>> scan = scan(KeyRange.all().reverse());
    assertThat(scan.next().getKey()).isEqualTo(key(5));
    storage().delete(key(4));
    storage().put("key 0003a", 1L);
    storage().put("key 0005a", 1L);
    List<String> rest = new ArrayList<>();
    scan.forEachRemaining(entry -> rest.add(entry.getKey()));

    assertThat(rest).containsExactly("key 0003a", key(3), key(2), key(1), key(0));
  }

  @Test
  void a_scan_sees_what_is_rolled_back_meanwhile() {
    fill(3);
    storage()
        .transaction(
            () -> {
              storage().delete(key(1));
              storage().put("key 0001a", 1L);
              Iterator<Map.Entry<String, Long>> scan = scan(KeyRange.all());
              assertThat(scan.next().getKey()).isEqualTo(key(0));
              storage().rollback();
              assertThat(scan.next().getKey()).isEqualTo(key(1));
              assertThat(scan.next().getKey()).isEqualTo(key(2));
              assertThat(scan.hasNext()).isFalse();
            });
  }

  @Test
  void entries_can_be_deleted_and_rewritten_while_they_are_scanned() {
    fill(MANY);
    rig.reactivate();
    storage()
        .scan(Long.class, KeyRange.all())
        .forEach(
            entry -> {
              if (entry.getValue() % 2 == 0) {
                storage().delete(entry.getKey());
              } else {
                storage().put(entry.getKey(), -entry.getValue());
              }
            });
    rig.reactivate();

    assertThat(keys(KeyRange.all()))
        .isEqualTo(keys(IntStream.range(0, MANY).filter(i -> i % 2 == 1)));
    assertThat(storage().get(key(7), Long.class)).contains(-7L);
  }

  @Test
  void the_limit_counts_what_was_given_out() {
    fill(10);
    Iterator<Map.Entry<String, Long>> scan = scan(KeyRange.all().limit(4));
    scan.next();
    scan.next();
    storage().delete(key(2));
    storage().delete(key(3));

    assertThat(scan.next().getKey()).isEqualTo(key(4));
    assertThat(scan.next().getKey()).isEqualTo(key(5));
    assertThat(scan.hasNext()).isFalse();
  }

  @Test
  void deleteAll_ends_a_scan_early_and_what_is_written_after_it_is_seen() {
    fill(10);
    rig.endTurn();
    Iterator<Map.Entry<String, Long>> scan = scan(KeyRange.all());
    scan.next();
    storage().deleteAll();
    storage().put(key(5), 50L);

    assertThat(scan.next()).isEqualTo(Map.entry(key(5), 50L));
    assertThat(scan.hasNext()).isFalse();
  }

  /** The reference allows one live iterator only; ours hold nothing, so they do not disturb. */
  @Test
  @Conformance("C-KV-28")
  void two_scans_at_once_are_independent() {
    fill(3);
    Iterator<Map.Entry<String, Long>> one = scan(KeyRange.all());
    one.next();
    Iterator<Map.Entry<String, Long>> other = scan(KeyRange.all().reverse());

    assertThat(other.next().getKey()).isEqualTo(key(2));
    assertThat(one.next().getKey()).isEqualTo(key(1));
    assertThat(other.next().getKey()).isEqualTo(key(1));
    assertThat(one.next().getKey()).isEqualTo(key(2));
  }

  @Test
  void a_scan_ends_with_its_turn() {
    fill(10);
    Iterator<Map.Entry<String, Long>> scan = scan(KeyRange.all());
    scan.next();
    rig.endTurn();

    assertThatIllegalStateException()
        .isThrownBy(
            () -> {
              while (scan.hasNext()) {
                scan.next();
              }
            })
        .withMessage(
            "this scan ended with its turn, when the object waited for something other than its"
                + " storage; begin a new one after the last key");
  }

  @Test
  void a_scan_goes_on_after_sync() {
    fill(10);
    Iterator<Map.Entry<String, Long>> scan = scan(KeyRange.all());
    scan.next();
    storage().put("key 0000a", 1L);
    storage().sync();

    assertThat(scan.next().getKey()).isEqualTo("key 0000a");
    assertThat(scan.next().getKey()).isEqualTo(key(1));
  }
}
