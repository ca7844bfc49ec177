// SPDX-License-Identifier: Apache-2.0
package chat;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Objects;

/** What a page tells its room, as JSON whose {@code kind} is the name of the record. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
sealed interface FromPage {

  /**
   * A message to post. Sent again it is the same.
   *
   * @param page where it was written: a random text, which no other load of a page has
   * @param count how many were written there by then: 1, 2, 3, …
   */
  record Say(String page, long count, String text) implements FromPage {
    public Say {
      Member.checkId(page);
      if (count < 1) {
        throw new IllegalArgumentException("messages are counted from 1, and this is " + count);
      }
      Objects.requireNonNull(text, "text");
    }

    /** What its page calls it. */
    String id() {
      return page + "-" + count;
    }
  }

  /** The member is typing. */
  record Typing() implements FromPage {}

  /** Asks for posts after that number: the page has missed some. */
  record After(long number) implements FromPage {}

  /** Asks for posts before that number: the page was scrolled up. */
  record Before(long number) implements FromPage {}
}
