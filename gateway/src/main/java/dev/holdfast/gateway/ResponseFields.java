// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Headers;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Copies the header fields of a worker's response, but for those that frame the message and manage
 * the connection: they are the gateway's, so that no worker can make one response look like two.
 */
final class ResponseFields implements BiConsumer<String, String> {
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  private final MultiMap to;
  private boolean keepLength;
  private boolean dated;
  private boolean named;

  private ResponseFields(MultiMap to, boolean keepLength) {
    this.to = to;
    this.keepLength = keepLength;
  }

  /**
   * @param keepLength whether Content-Length is the worker's to tell: in an answer without a body
   *     that tells of one
   * @param id of the request, for a response that has none of its own
   * @param date for a response that has no Date of its own
   */
  static void copy(
      Headers from, MultiMap to, boolean keepLength, AsciiString id, AsciiString date) {
    ResponseFields fields = new ResponseFields(to, keepLength);
    from.forEach(fields);
    if (!fields.dated) {
      to.add(HttpHeaders.DATE, date);
    }
    if (!fields.named) {
      to.add(RequestId.FIELD, id);
    }
  }

  @Override
  public void accept(String name, String value) {
    switch (name.length()) {
      case 4 -> dated |= name.equalsIgnoreCase("date");
      case 7 -> {
        if (name.equalsIgnoreCase("upgrade") || name.equalsIgnoreCase("trailer")) {
          return;
        }
      }
      case 10 -> {
        if (name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive")) {
          return;
        }
      }
      case 12 -> named |= RequestId.isField(name);
      case 14 -> {
        if (name.equalsIgnoreCase("content-length")) {
          keepLength(value);
          return;
        }
      }
      case 16, 17 -> {
        if (name.equalsIgnoreCase("proxy-connection")
            || name.equalsIgnoreCase("transfer-encoding")) {
          return;
        }
      }
      default -> {}
    }
    if (isAscii(value)) {
      to.add(name, value);
    } else {
      to.add((CharSequence) name, new AsciiString(value));
    }
  }

  /** The first that is a number of bytes, if it is the worker's to tell. */
  private void keepLength(String value) {
    if (keepLength && LENGTH.matcher(value).matches()) {
      to.add(HttpHeaders.CONTENT_LENGTH, value);
      keepLength = false;
    }
  }

  /** Text that is not ASCII is encoded as Latin-1 by {@link AsciiString}, and lost otherwise. */
  private static boolean isAscii(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }
}
