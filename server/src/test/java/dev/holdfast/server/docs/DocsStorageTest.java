// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.engine.ObjectClass;
import dev.holdfast.server.docs.Club.Joined;
import dev.holdfast.server.docs.Club.Left;
import dev.holdfast.server.docs.Club.Profile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What docs/storage.md says of its code is so. */
class DocsStorageTest extends DocsSuite {
  /** What the supplier was sent. */
  private static final List<String> ORDERS = new ArrayList<>();

  DocsStorageTest() {
    super(
        new ObjectClass<>(
            "Club", Club.class, ctx -> new ClubObject(ctx, DocsStorageTest::takeOrder)));
    ORDERS.clear();
  }

  private static void takeOrder(String what) {
    if (what.equals("nonsense")) {
      throw new IllegalArgumentException("we do not have that");
    }
    ORDERS.add(what);
  }

  private Club club() {
    return node().objects(Club.class).getByName("a");
  }

  @Test
  void entries_are_there_after_a_restart() {
    Instant since = clock.now();
    club().rename("Draughts");
    pass(Duration.ofDays(1));
    club().rename("Chess");
    club().addInterest("openings");
    restart();
    assertThat(club().profile()).isEqualTo(new Profile("Chess", since));
    assertThat(club().addInterest("endgames")).containsExactly("openings", "endgames");
    assertThat(club().content()).isEqualTo("interests profile");
  }

  @Test
  void appended_entries_keep_their_order_and_are_read_in_pages() {
    Instant start = clock.now();
    List<String> keys = new ArrayList<>();
    for (String member : List.of("Ada", "Bob", "Cy")) {
      keys.add(club().join(member));
    }
    pass(Duration.ofDays(1));
    club().leave("Bob");
    Instant end = start.plus(Duration.ofDays(1));

    assertThat(keys).isSorted().allMatch(key -> key.matches("event:[0-9a-f]{18}"));
    assertThat(club().latest(2)).containsExactly(new Left("Bob", end), new Joined("Cy", start));
    assertThat(club().keysAfter("event:", 2)).isEqualTo(keys.subList(0, 2));
    assertThat(club().keysAfter(keys.get(1), 1)).isEqualTo(keys.subList(2, 3));
    assertThat(club().joinedInAll()).isEqualTo(3);
    assertThat(club().forgetBefore(end)).isEqualTo(3);
    assertThat(club().latest(9)).hasSize(1);
  }

  @Test
  void transaction_that_throws_has_not_happened() {
    club().pay("Ada", "Bob", 60);
    assertThatThrownBy(() -> club().pay("Ada", "Bob", 60))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Ada does not have that much");
    assertThat(club().payments()).isEqualTo(1);
    assertThat(club().balance("Ada")).isEqualTo(40);
    assertThat(club().balance("Bob")).isEqualTo(160);
  }

  @Test
  void what_was_synced_stays_though_the_order_failed() {
    club().order("chairs");
    assertThat(ORDERS).containsExactly("chairs");
    assertThat(club().content()).isEmpty();
    assertThatThrownBy(() -> club().order("nonsense")).isInstanceOf(IllegalArgumentException.class);
    assertThat(club().content()).isEqualTo("ordering");
  }

  @Test
  void deleteAll_leaves_what_is_written_after_it() {
    club().rename("Chess");
    club().join("Ada");
    club().close();
    assertThat(club().content()).isEqualTo("closed");
    restart();
    assertThat(club().content()).isEqualTo("closed");
  }
}
