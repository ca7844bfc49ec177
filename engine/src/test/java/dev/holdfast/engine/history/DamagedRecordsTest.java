// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectId;
import dev.holdfast.StorageException;
import dev.holdfast.engine.state.AppendedKeys;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.View;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an object keeps about its past and cannot be read is told as what it is. */
class DamagedRecordsTest {
  private static final List<byte[]> NEITHER =
      List.of(
          new byte[0],
          new byte[7],
          new byte[12],
          new byte[17],
          ByteBuffer.allocate(8).putLong(Long.MAX_VALUE).array(),
          ByteBuffer.allocate(16).putLong(1).putLong(-1).array());

  private final Written object = new Written();

  @AfterEach
  void close() {
    object.close();
  }

  private HistoryChange change() {
    return new HistoryChange(object.store, object.object, object::now);
  }

  private void isRefused(String about, ThrowingCallable what) {
    assertThatThrownBy(what)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(object.object + ": what it keeps about " + about)
        .hasMessageContaining("delete the object, or restore a backup")
        .returns(false, failure -> ((StorageException) failure).retryable());
  }

  @Test
  void a_bookmark() {
    object.put("k", "1");
    Generation bookmark = object.bookmark();
    object.pass(Duration.ofSeconds(1));
    for (byte[] value : NEITHER) {
      object.note(MetaKeys.bookmark(bookmark), value);
      KeptStates states = new KeptStates(object.store, object.object, object.now());
      isRefused("its bookmark", () -> states.list(null, 10));
      isRefused("its bookmark", () -> change().keep(bookmark));
      isRefused("its bookmark", () -> change().restore(bookmark));
      isRefused(
          "its bookmark", () -> Rewrite.find(object.store, object.object, bookmark, object.now()));
    }
  }

  @Test
  void the_note_of_the_last_change() {
    object.put("k", "1");
    object.pass(Duration.ofSeconds(1));
    for (int length : new int[] {0, 8, 15, 17}) {
      object.note(MetaKeys.UNCHANGED, new byte[length]);
      isRefused(
          "its last change",
          () -> change().keep(Generation.lastOfSecond(object.now().getEpochSecond())));
    }
  }

  @Test
  void how_far_the_keys_came_that_it_appended() {
    object.put("k", "1");
    EntryKey base = EntryKey.of(EntryKind.META, new byte[] {'a'});
    for (byte[] value :
        List.of(
            new byte[0], new byte[7], new byte[9], ByteBuffer.allocate(8).putLong(-1).array())) {
      object.note(base, value);
      isRefused(
          "how far the keys came that it appended",
          () -> AppendedKeys.continuing(object.store, object.object));
    }
  }

  /** A mark that goes on at that entry. */
  private static byte[] mark(byte... next) {
    Generation none = Generation.NONE;
    Instant until = Instant.parse("2027-01-01T00:00:00Z");
    return new RewriteMark(
            ObjectId.of(new byte[ObjectId.BYTES], null),
            none,
            until,
            none,
            none,
            EntryKey.ofBytes(next))
        .encode();
  }

  /** A mark with another byte in a place. */
  private static byte[] mark(int place, int value) {
    byte[] mark = mark(EntryKey.user("a").bytes());
    mark[place] = (byte) value;
    return mark;
  }

  static List<byte[]> marks() {
    int to = 1 + ObjectId.BYTES;
    return List.of(
        new byte[0],
        Arrays.copyOf(mark(EntryKey.user("a").bytes()), to + 31),
        mark(0, 3),
        mark(to, -1),
        mark(to + 8, 127),
        mark(MetaKeys.REWRITE.bytes()),
        mark(new byte[] {0}));
  }

  @ParameterizedTest
  @MethodSource("marks")
  void what_it_is_to_become(byte[] mark) {
    object.put("k", "1");
    object.note(MetaKeys.REWRITE, mark);

    isRefused(
        "what it is to become",
        () -> Rewrite.complete(object.store, object.store.open(object.object, null), object.now()));
    assertThat(object.read(View.current())).hasToString("{k=1}");
  }
}
