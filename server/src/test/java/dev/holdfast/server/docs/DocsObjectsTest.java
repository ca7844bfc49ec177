// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.KeyRange;
import dev.holdfast.ObjectEntry;
import dev.holdfast.engine.ObjectClass;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code docs/objects.md} shows does what the page says. */
class DocsObjectsTest extends DocsSuite {
  DocsObjectsTest() {
    super(new ObjectClass<>("Club", Club.class, ctx -> new ClubObject(ctx, order -> {})));
  }

  private Clubs clubs() {
    return new Clubs(node());
  }

  private void found(String... names) {
    for (String name : names) {
      node().objects(Club.class).getByName(name).rename(name);
    }
  }

  private static List<String> names(List<ObjectEntry> entries) {
    return entries.stream().map(entry -> entry.name().orElseThrow()).toList();
  }

  @Test
  void objects_are_listed_with_sizes_and_times() {
    found("chess", "chess-2", "draughts");
    restart();

    assertThat(clubs().overview("chess"))
        .hasSize(2)
        .first()
        .asString()
        .matches("chess: [0-9]+ bytes, .*Z");
    List<ObjectEntry> all = node().objects(Club.class).list(KeyRange.all());
    assertThat(names(clubs().pageAfter(all.getFirst()))).containsExactly("chess-2", "draughts");
  }

  @Test
  void an_object_that_is_deleted_is_gone_and_may_begin_again() {
    found("chess");
    assertThat(clubs().dissolve("chess")).isTrue();
    assertThat(clubs().dissolve("chess")).isFalse();
    restart();
    assertThat(clubs().overview("")).isEmpty();
    pass(Duration.ofDays(1));
    found("chess");
    assertThat(node().objects(Club.class).getByName("chess").profile().since())
        .isEqualTo(clock.now());
  }
}
