// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectResetException;
import dev.holdfast.engine.ObjectClass;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What docs/history.md says of its code is so. */
class DocsHistoryTest extends DocsSuite {
  DocsHistoryTest() {
    super(new ObjectClass<>("Draft", Draft.class, DraftObject::new));
  }

  private Draft draft() {
    return node().objects(Draft.class).getByName("a");
  }

  @Test
  void bookmark_shows_what_was_stored_then() {
    draft().write("one");
    String one = draft().mark();
    assertThat(draft().mark()).as("nothing has changed").isEqualTo(one);
    draft().write("two");
    String two = draft().mark();
    draft().write("three");
    restart();
    assertThat(draft().textAt(one)).isEqualTo("one");
    assertThat(draft().titlesThen(two)).containsExactly("one", "two");
    assertThat(draft().text()).isEqualTo("three");
    assertThat(one).isLessThan(two);
  }

  @Test
  void bookmark_is_good_for_seven_days() {
    draft().write("one");
    String one = draft().mark();
    draft().write("two");
    pass(Duration.ofDays(7).minusMinutes(1));
    assertThat(draft().textAt(one)).isEqualTo("one");
    pass(Duration.ofMinutes(2));
    assertThatThrownBy(() -> draft().textAt(one))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not kept");
  }

  @Test
  void time_shows_the_end_of_the_second_minute_or_hour_before_it() {
    Instant start = clock.now();
    for (String text : List.of("one", "two", "three")) {
      draft().write(text);
      pass(Duration.ofSeconds(10));
    }
    assertThat(draft().textAt(start.plusSeconds(11))).isEqualTo("two");
    assertThat(draft().textAt(start.minusSeconds(5))).isEmpty();
    pass(Duration.ofDays(2));
    assertThat(draft().textAt(start.plus(Duration.ofHours(2)))).isEqualTo("three");
    assertThat(draft().textAt(start.plus(Duration.ofMinutes(61)))).isEqualTo("three");
    assertThatThrownBy(() -> draft().textAt(clock.now().plusSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> draft().textAt(clock.now().minus(Duration.ofDays(31))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void object_goes_back_and_that_can_be_undone() {
    draft().write("one");
    String one = draft().mark();
    draft().write("two");
    String undo = draft().goBack(one);
    Awaitility.await().until(() -> draft().text().equals("one"));
    assertThat(draft().titlesThen(undo)).containsExactly("one", "two");
    draft().goBack(undo);
    Awaitility.await().until(() -> draft().text().equals("two"));
  }

  @Test
  void import_that_fails_is_undone_as_a_whole() {
    draft().write("one");
    assertThatThrownBy(() -> draft().replaceAll(List.of("two", "", "three")))
        .isInstanceOf(ObjectResetException.class)
        .hasMessageContaining("there is an empty text");
    assertThat(draft().text()).isEqualTo("one");
    draft().replaceAll(List.of("two", "three"));
    assertThat(draft().text()).isEqualTo("three");
  }

  @Test
  void fork_begins_as_the_other_was_and_goes_its_own_way() {
    draft().write("one");
    String one = draft().mark();
    draft().write("two");
    // docs: history-fork
    ObjectNamespace<Draft> drafts = node().objects(Draft.class);
    Draft copy = drafts.fork(drafts.idFromName("a"), Bookmark.parse(one), "a-copy");
    // end docs
    assertThat(copy.text()).isEqualTo("one");
    copy.write("other");
    assertThat(draft().text()).isEqualTo("two");
    assertThatThrownBy(() -> drafts.fork(drafts.idFromName("a"), Bookmark.parse(one), "a-copy"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("which exists");
  }
}
