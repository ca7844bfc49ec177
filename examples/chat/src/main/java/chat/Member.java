// SPDX-License-Identifier: Apache-2.0
package chat;

import java.util.regex.Pattern;

/**
 * Somebody in a room. Nobody checks who it is: an app with accounts would take that from its
 * session, in the worker. Immutable.
 *
 * @param author tells apart those who chose the same name: a random text of the browser tab
 * @param name what the others see
 */
record Member(String author, String name) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{1,64}");
  private static final int LONGEST_NAME = 40;

  Member {
    checkId(author);
    name = name.strip();
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "a name has 1 to %d characters, and this has %d".formatted(LONGEST_NAME, name.length()));
    }
  }

  /**
   * Checks a random text that a page has made.
   *
   * @throws IllegalArgumentException if it is not one
   */
  static void checkId(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("an id has 1 to 64 letters and digits");
    }
  }
}
