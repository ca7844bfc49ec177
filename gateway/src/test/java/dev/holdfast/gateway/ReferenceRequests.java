// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads requests as RFC 9112 has them and not a byte otherwise. As long as everything is beyond
 * doubt, a server must have understood the same; from the first doubt on nothing is said.
 */
final class ReferenceRequests {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern LINE =
      Pattern.compile("(" + TOKEN + ") (/[!-\"$-~]{0,4000}) HTTP/1\\.([01])");
  private static final Pattern FIELD =
      Pattern.compile(
          "("
              + TOKEN
              + "):[ \t]*((?:[!-~\u0080-\u00ff](?:[\t -~\u0080-\u00ff]*[!-~\u0080-\u00ff])?)?)[ \t]*");
  private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]{1,5})(?:;[a-z]=[a-z])?");
  private static final int MAX_HEAD_BYTES = 8_000;

  /** How what was sent ends. */
  enum Rest {
    /** With the last request, or behind one that said that it is the last. */
    NOTHING,
    /** Within a request. */
    INCOMPLETE,
    /** With something that may be understood in more ways than one, or is refused. */
    IN_DOUBT
  }

  /** A request, as the worker of the test describes it. */
  record Understood(String description) {}

  /** All that is beyond doubt, and what comes then. */
  record Result(List<Understood> requests, Rest rest) {}

  private final String text;
  private final List<Understood> requests = new ArrayList<>();
  private int at;

  private static final class Stop extends RuntimeException {
    final Rest rest;

    Stop(Rest rest) {
      this.rest = rest;
    }
  }

  private ReferenceRequests(String text) {
    this.text = text;
  }

  static Result of(String text) {
    ReferenceRequests parser = new ReferenceRequests(text);
    try {
      boolean last = false;
      while (!last && parser.at < text.length()) {
        last = parser.request();
      }
      return new Result(parser.requests, Rest.NOTHING);
    } catch (Stop stop) {
      return new Result(parser.requests, stop.rest);
    }
  }

  /** What a worker says of a request. */
  static String describe(String method, String target, List<String> fields, String body) {
    return method + " " + target + "\n" + String.join("\n", fields) + "\n\n" + body;
  }

  /** A field as a worker is told it: a length is a number, in one form. */
  private static String asTold(String name, String value) {
    boolean told = name.equalsIgnoreCase("content-length") && value.matches("0[0-9]{1,8}");
    return told ? "content-length: " + Long.parseLong(value) : name + ": " + value;
  }

  /** Reads one; whether it is the last. */
  private boolean request() {
    int start = at;
    Matcher line = matching(LINE, line());
    check(!line.group(1).equals("CONNECT") && decodes(line.group(2)));
    boolean modern = line.group(3).equals("1");
    List<String> fields = new ArrayList<>();
    List<String> hosts = new ArrayList<>();
    List<String> lengths = new ArrayList<>();
    List<String> codings = new ArrayList<>();
    List<String> options = new ArrayList<>();
    for (String next = line(); !next.isEmpty(); next = line()) {
      Matcher field = matching(FIELD, next);
      String name = field.group(1);
      String value = field.group(2);
      fields.add(asTold(name, value));
      switch (name.toLowerCase(Locale.ROOT)) {
        case "host" -> hosts.add(value);
        case "content-length" -> lengths.add(value);
        case "transfer-encoding" -> codings.add(value);
        case "connection" -> options.addAll(List.of(value.toLowerCase(Locale.ROOT).split(",", -1)));
        case "expect", "upgrade", "sec-websocket-key1" -> check(false);
        default -> {}
      }
    }
    check(at - start < MAX_HEAD_BYTES);
    options.replaceAll(String::strip);
    check(hosts.size() <= 1 && (!modern || hosts.size() == 1));
    check(hosts.isEmpty() || hosts.getFirst().matches("[a-z0-9.]{0,100}"));
    check(lengths.size() + codings.size() <= 1);
    String body = "";
    if (!codings.isEmpty()) {
      check(modern && codings.getFirst().equalsIgnoreCase("chunked"));
      body = chunked();
    } else if (!lengths.isEmpty()) {
      check(lengths.getFirst().matches("[0-9]{1,6}"));
      body = take(Integer.parseInt(lengths.getFirst()));
    }
    // A worker sees no difference between an empty query and none.
    String target = line.group(2).replaceFirst("^([^?]*)\\?$", "$1");
    requests.add(new Understood(describe(line.group(1), target, fields, body)));
    check(!(options.contains("close") && options.contains("keep-alive")));
    return options.contains("close") || (!modern && !options.contains("keep-alive"));
  }

  private String chunked() {
    StringBuilder body = new StringBuilder();
    while (true) {
      int size = Integer.parseInt(matching(CHUNK, line()).group(1), 16);
      if (size == 0) {
        break;
      }
      body.append(take(size));
      check(take(2).equals("\r\n"));
    }
    for (String next = line(); !next.isEmpty(); next = line()) {
      check(matching(FIELD, next).group(1).length() < 100);
    }
    return body.toString();
  }

  private static boolean decodes(String target) {
    // What stands behind a percent sign must be ASCII: then no two ways of decoding differ.
    return !Pattern.compile("%(?![0-7][0-9a-fA-F])").matcher(target).find();
  }

  private static void check(boolean beyondDoubt) {
    if (!beyondDoubt) {
      throw new Stop(Rest.IN_DOUBT);
    }
  }

  private static Matcher matching(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    check(matcher.matches());
    return matcher;
  }

  private String line() {
    int end = text.indexOf("\r\n", at);
    if (end < 0) {
      // What is there of it may already be wrong.
      throw new Stop(text.length() - at > 1_000 ? Rest.IN_DOUBT : Rest.INCOMPLETE);
    }
    String line = text.substring(at, end);
    at = end + 2;
    return line;
  }

  private String take(int bytes) {
    if (text.length() - at < bytes) {
      throw new Stop(Rest.INCOMPLETE);
    }
    at += bytes;
    return text.substring(at - bytes, at);
  }
}
