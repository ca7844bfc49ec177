// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import java.util.regex.Pattern;

/** How long a client may keep a file without asking. */
final class Caching {
  private static final String ASK = "no-cache";
  private static final String KEEP = "public, max-age=31536000, immutable";

  /** A hash has a letter among its hexadecimal digits, so that a date is none. */
  private static final Pattern HASHED =
      Pattern.compile("[^.].*\\.(?=[0-9]*[a-fA-F])[0-9a-fA-F]{8,}(\\.[A-Za-z0-9]+){1,2}");

  private Caching() {}

  /**
   * The value of Cache-Control for a file of that name: one whose name says what is in it never
   * changes.
   */
  static String of(String name) {
    return HASHED.matcher(name).matches() ? KEEP : ASK;
  }
}
