// SPDX-License-Identifier: Apache-2.0
package chat;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** What a room tells a page, as JSON whose {@code kind} is the name of the record. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
sealed interface ToPage {

  /**
   * Posts, in order: a new one, or as many as go into one message of those that a page has missed.
   *
   * @param last the number of the room's last post; a page that lacks posts up to it asks for them
   * @param history whose numbers they are, chosen at random with the first post, empty before; a
   *     page that has posts of another one starts over, since the room's data was deleted
   */
  record Posts(List<Post> posts, long last, String history) implements ToPage {}

  /** Posts that end where those of the page begin, in order; none if there are none. */
  record Older(List<Post> posts) implements ToPage {}

  /**
   * Who is in the room.
   *
   * @param count how many
   * @param members who; of many, the first
   */
  record Here(int count, List<Member> members) implements ToPage {}

  /** Somebody is typing. */
  record Typing(Member member) implements ToPage {}

  /** The message that the page calls {@code id} was posted before. */
  record Known(String id) implements ToPage {}

  /** The message that the page calls {@code id} was not posted and will not be. */
  record Refused(String id, String reason) implements ToPage {}
}
