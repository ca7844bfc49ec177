// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

/**
 * Refuses bytes that pile tags on a value, for which Jackson 3.1's parser takes time and garbage
 * that grow with the square of their number: a damaged megabyte would occupy a thread for minutes.
 */
final class Tags {
  /** This codec writes at most one, on big integers and on decimals. */
  private static final int MAX_TAGS_PER_VALUE = 8;

  private static final int MAJOR_BYTES = 2;
  private static final int MAJOR_TEXT = 3;
  private static final int MAJOR_TAG = 6;

  private Tags() {}

  /**
   * Looks at every head in turn. Nesting does not matter for that: heads follow each other, with
   * nothing between them but the payload of strings. What is otherwise wrong is left to the parser.
   */
  static void requireFew(byte[] bytes) {
    int tags = 0;
    int at = 0;
    while (at < bytes.length) {
      int major = (bytes[at] & 0xff) >> 5;
      int low = bytes[at] & 0x1f;
      int argumentLength = low >= 24 && low <= 27 ? 1 << (low - 24) : 0;
      tags = major == MAJOR_TAG ? tags + 1 : 0;
      if (tags > MAX_TAGS_PER_VALUE) {
        throw new Mismatch("more than " + MAX_TAGS_PER_VALUE + " tags on one value");
      }
      long payload = 0;
      if ((major == MAJOR_BYTES || major == MAJOR_TEXT) && low <= 27) {
        if (argumentLength > bytes.length - at - 1) {
          return;
        }
        payload = low < 24 ? low : Scalars.bigEndian(bytes, at + 1, argumentLength);
      }
      int rest = bytes.length - at - 1 - argumentLength;
      if (payload < 0 || payload > rest) {
        return;
      }
      at = bytes.length - rest + (int) payload;
    }
  }
}
