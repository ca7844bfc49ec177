// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectId;
import dev.holdfast.StorageException;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.View;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Objects that an earlier version left with a wish to go back, or half way, go on from there. */
class FirstRewriteMarkTest {
  private final Written object = new Written();

  @AfterEach
  void close() {
    object.close();
  }

  /** A mark as that version wrote it. */
  private void mark(ObjectId source, Generation to, byte... next) {
    object.note(
        MetaKeys.REWRITE,
        ByteBuffer.allocate(1 + ObjectId.BYTES + Long.BYTES + next.length)
            .put((byte) 1)
            .put(source.bytes())
            .putLong(to.packed())
            .put(next)
            .array());
  }

  /** What the object is once it was opened. */
  private String opened() {
    assertThat(Rewrite.complete(object.store, object.store.open(object.object, null), object.now()))
        .isTrue();
    assertThat(Rewrite.complete(object.store, object.store.open(object.object, null), object.now()))
        .as("nothing is left to do")
        .isFalse();
    return object.read(View.current()).toString();
  }

  /** Two states, of which the first has a bookmark; the wish and its undoing one are to come. */
  private Generation changed() {
    object.put("k", "1");
    Generation then = object.bookmark();
    object.pass(Duration.ofSeconds(1));
    object.put("k", "2");
    object.put("l", "2");
    return then;
  }

  @Test
  void a_wish_is_fulfilled_and_can_be_undone() {
    Generation then = changed();
    object.pass(Duration.ofSeconds(1));
    object.put("m", "2");
    Generation undo = object.last();
    object.note(
        MetaKeys.bookmark(undo), new HandedOut(Bookmarks.until(object.now()), undo).encode(undo));
    mark(object.object.id(), then);
    object.pass(Duration.ofDays(6));
    object.prune();

    assertThat(opened()).isEqualTo("{k=1}");
    Bookmark undoing = Bookmark.of(undo.packed(), object.object.id());
    object.pass(Duration.ofDays(6));
    object.prune();
    KeptStates states = new KeptStates(object.store, object.object, object.now());
    assertThat(object.read(View.endOf(states.at(undoing)))).hasToString("{k=2, l=2, m=2}");
  }

  @Test
  void a_wish_to_be_what_it_was_before_everything_is_fulfilled() {
    changed();
    mark(object.object.id(), Generation.NONE);

    assertThat(opened()).isEqualTo("{}");
  }

  @Test
  void a_wish_whose_bookmark_has_ended_ends_too() {
    Generation then = changed();
    mark(object.object.id(), then);
    object.pass(Duration.ofDays(8));
    object.prune();

    assertThat(opened()).isEqualTo("{k=2, l=2}");
  }

  @Test
  void one_that_is_half_way_goes_on_where_it_was() {
    Generation then = changed();
    object.put("k", "1");
    mark(object.object.id(), then, EntryKey.user("l").bytes());

    assertThat(opened()).isEqualTo("{k=1}");
  }

  @Test
  void one_that_is_half_way_to_what_is_not_kept_is_refused() {
    Generation then = changed();
    mark(object.object.id(), then, EntryKey.user("l").bytes());
    object.pass(Duration.ofDays(8));

    assertThatThrownBy(this::opened)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("half of what");
  }

  @Test
  void a_mark_of_a_later_version_is_refused() {
    changed();
    object.note(MetaKeys.REWRITE, new byte[100]);

    assertThatThrownBy(this::opened).hasMessageContaining("no known version");
  }
}
