// SPDX-License-Identifier: Apache-2.0
package chat;

import java.util.List;

/** What a room tells its pages, as JSON whose {@code kind} says which it is. Immutable. */
sealed interface Event {
  /** Which it is. */
  String kind();

  /** Messages, in order: one that is new, or those that a page has missed. */
  record Posts(String kind, List<Post> posts) implements Event {
    Posts(List<Post> posts) {
      this("posts", posts);
    }
  }

  /** Who is in the room. */
  record Here(String kind, List<String> names) implements Event {
    Here(List<String> names) {
      this("here", names);
    }
  }

  /** Somebody is typing. */
  record Typing(String kind, String name) implements Event {
    Typing(String name) {
      this("typing", name);
    }
  }
}
