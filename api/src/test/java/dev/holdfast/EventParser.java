// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads an event stream as the HTML standard says that a browser does (section 9.2.6), but that it
 * refuses what a browser passes over: malformed UTF-8, unknown fields, an unfinished event.
 */
final class EventParser {
  private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

  /** What a browser shows its script. */
  record Dispatched(String type, String data, String lastEventId) {}

  final List<Dispatched> events = new ArrayList<>();
  final List<String> comments = new ArrayList<>();
  final List<Long> retries = new ArrayList<>();

  private final StringBuilder data = new StringBuilder();
  private String type = "";
  private String id = "";

  static EventParser of(byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    EventParser parser = new EventParser();
    String[] lines = LINE_END.split(text.startsWith("\ufeff") ? text.substring(1) : text, -1);
    for (int i = 0; i < lines.length - 1; i++) {
      parser.line(lines[i]);
    }
    if (!lines[lines.length - 1].isEmpty() || !parser.data.isEmpty()) {
      throw new AssertionError("the stream ends within an event: " + text);
    }
    return parser;
  }

  private void line(String line) {
    int colon = line.indexOf(':');
    if (line.isEmpty()) {
      dispatch();
    } else if (colon == 0) {
      comments.add(line.substring(1));
    } else if (colon < 0) {
      field(line, "");
    } else {
      String value = line.substring(colon + 1);
      field(line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
    }
  }

  private void field(String name, String value) {
    switch (name) {
      case "event" -> type = value;
      case "data" -> data.append(value).append('\n');
      case "id" -> {
        if (value.indexOf('\0') < 0) {
          id = value;
        }
      }
      case "retry" -> retries.add(Long.parseUnsignedLong(value));
      default -> throw new AssertionError("unknown field '" + name + "'");
    }
  }

  private void dispatch() {
    if (!data.isEmpty()) {
      data.setLength(data.length() - 1);
      events.add(new Dispatched(type.isEmpty() ? "message" : type, data.toString(), id));
    }
    data.setLength(0);
    type = "";
  }
}
