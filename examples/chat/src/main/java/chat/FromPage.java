// SPDX-License-Identifier: Apache-2.0
package chat;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Objects;

/** What a page tells its room, as JSON whose {@code kind} is the name of the record. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
sealed interface FromPage {

  /**
   * A message to post.
   *
   * @param id what the page calls it: chosen at random, and the same when it is sent again
   */
  record Say(String id, String text) implements FromPage {
    public Say {
      Member.checkId(id);
      Objects.requireNonNull(text, "text");
    }
  }

  /** The member is typing. */
  record Typing() implements FromPage {}

  /** Asks for posts after that number: the page has missed some. */
  record After(long number) implements FromPage {}

  /** Asks for posts before that number: the page was scrolled up. */
  record Before(long number) implements FromPage {}
}
