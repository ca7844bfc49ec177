// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The id of a request: what its client, its worker and the log know it by. The client may name it,
 * with up to {@value #MAX_CHARACTERS} letters, digits, dots, dashes and underscores; else it is 16
 * random hexadecimal digits, which are no secret.
 */
final class RequestId {
  /** The header field that carries it, in requests and responses. */
  static final AsciiString FIELD = AsciiString.cached("x-request-id");

  private static final int MAX_CHARACTERS = 128;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private RequestId() {}

  /** The id that the client gave the request, or a new one. */
  static AsciiString of(HttpServerRequest http) {
    String given = http.headers().get(FIELD);
    return isValid(given) ? new AsciiString(given) : make();
  }

  /** A new one. Made of bytes, as every answer carries it and no head is encoded faster. */
  static AsciiString make() {
    byte[] digits = new byte[16];
    long random = ThreadLocalRandom.current().nextLong();
    for (int i = 0; i < digits.length; i++) {
      digits[i] = HEX[(int) (random >>> (4 * i)) & 0xf];
    }
    return new AsciiString(digits, false);
  }

  /** Whether a header field of that name carries it. */
  static boolean isField(String name) {
    return name.length() == FIELD.length() && FIELD.contentEqualsIgnoreCase(name);
  }

  private static boolean isValid(@Nullable String id) {
    if (id == null || id.isEmpty() || id.length() > MAX_CHARACTERS) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean right =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '-';
      if (!right) {
        return false;
      }
    }
    return true;
  }
}
