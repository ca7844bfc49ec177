// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * One event of an {@link EventStream}. Immutable.
 *
 * @param data the text; a client sees every line break in it, CR LF or CR too, as LF
 * @param type the name under which a client listens for it, not empty and on one line; {@code
 *     message} if absent
 * @param id what a client that comes back tells of the last event that it got: see {@link
 *     Request#lastEventId}. At most {@value #MAX_ID_CHARS} characters; it must survive a header
 *     field, so neither control characters nor a space at either end. The empty id makes the client
 *     forget the one before
 * @param retry how long a client whose stream has broken off waits before it asks again, from now
 *     on, in whole milliseconds; until told a browser takes a few seconds
 */
public record ServerSentEvent(
    String data, Optional<String> type, Optional<String> id, Optional<Duration> retry) {
  private static final int MAX_ID_CHARS = 1024;

  /**
   * An event.
   *
   * @throws IllegalArgumentException if the type, the id or the time cannot be sent
   */
  public ServerSentEvent {
    Objects.requireNonNull(data, "data");
    type.ifPresent(ServerSentEvent::checkType);
    id.ifPresent(ServerSentEvent::checkId);
    retry.ifPresent(ServerSentEvent::checkRetry);
  }

  /** An event of type {@code message} without an id. */
  public static ServerSentEvent of(String data) {
    return new ServerSentEvent(data, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** This event with that type. */
  public ServerSentEvent withType(String newType) {
    return new ServerSentEvent(data, Optional.of(newType), id, retry);
  }

  /** This event with that id. */
  public ServerSentEvent withId(String newId) {
    return new ServerSentEvent(data, type, Optional.of(newId), retry);
  }

  /** This event, which also tells the client how long to wait before it asks again. */
  public ServerSentEvent withRetry(Duration newRetry) {
    return new ServerSentEvent(data, type, id, Optional.of(newRetry));
  }

  private static void checkType(String type) {
    if (type.isEmpty()) {
      throw new IllegalArgumentException(
          "the type of a server-sent event is empty; leave it out for 'message'");
    }
    for (int i = 0; i < type.length(); i++) {
      char c = type.charAt(i);
      if (c == '\r' || c == '\n' || c == 0) {
        throw unfit("type", c, i, "a type is one line without NUL");
      }
    }
  }

  private static void checkId(String id) {
    if (id.length() > MAX_ID_CHARS) {
      throw new IllegalArgumentException(
          "the id of a server-sent event has %d characters, limit %d, since clients send it back in a header; use a key instead of the value"
              .formatted(id.length(), MAX_ID_CHARS));
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c < ' ' || c == 0x7f) {
        throw unfit("id", c, i, "no header could carry it back");
      }
    }
    if (id.startsWith(" ") || id.endsWith(" ")) {
      throw new IllegalArgumentException(
          "the id '" + id + "' of a server-sent event has a space at an end, which would be lost");
    }
  }

  private static IllegalArgumentException unfit(String what, char c, int at, String why) {
    return new IllegalArgumentException(
        "the %s of a server-sent event has the character U+%04X at index %d; %s"
            .formatted(what, (int) c, at, why));
  }

  private static void checkRetry(Duration retry) {
    if (retry.isNegative()) {
      throw new IllegalArgumentException(
          "a server-sent event tells its client to wait for " + retry + ", which is negative");
    }
    if (retry.compareTo(Duration.ofMillis(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(
          "a server-sent event tells its client to wait for "
              + retry
              + ", which is more milliseconds than a long holds");
    }
  }

  /** The event as it is sent, the empty line at its end included. */
  String encoded() {
    StringBuilder text = new StringBuilder(data.length() + 64);
    type.ifPresent(value -> text.append("event: ").append(value).append('\n'));
    id.ifPresent(value -> text.append("id: ").append(value).append('\n'));
    retry.ifPresent(value -> text.append("retry: ").append(value.toMillis()).append('\n'));
    appendLines(text, "data: ", data);
    return text.append('\n').toString();
  }

  /** Each line of {@code value}, the last one too if it is empty, with {@code start} before it. */
  static void appendLines(StringBuilder text, String start, String value) {
    text.append(start);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\r' && i + 1 < value.length() && value.charAt(i + 1) == '\n') {
        continue;
      }
      if (c == '\r' || c == '\n') {
        text.append('\n').append(start);
      } else {
        text.append(c);
      }
    }
    text.append('\n');
  }
}
