// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a server sent on a connection, and refuses whatever RFC 9112 does not allow it. */
final class StrictResponses {
  private static final Pattern STATUS_LINE =
      Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2}) [ -~]*");
  private static final Pattern FIELD =
      Pattern.compile(
          "([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~\u0080-\u00ff](?:.*[!-~])?|)[ \t]*");

  /** One response, interim ones left out. */
  record Answer(int status, TreeMap<String, String> fields, String body) {
    boolean isLast() {
      return fields.getOrDefault("connection", "").equalsIgnoreCase("close");
    }
  }

  private final String text;
  private int at;

  private StrictResponses(String text) {
    this.text = text;
  }

  /**
   * All responses in what a connection sent; the last may be cut off if the connection was reset.
   */
  static List<Answer> of(RawConnection.Ending ending) {
    StrictResponses parser = new StrictResponses(ending.text());
    List<Answer> answers = new ArrayList<>();
    try {
      while (parser.at < parser.text.length()) {
        assertThat(answers).as("nothing comes behind the last").noneMatch(Answer::isLast);
        Answer answer = parser.response();
        if (answer.status >= 200) {
          answers.add(answer);
        }
      }
    } catch (CutOff e) {
      assertThat(ending.reset()).as("cut off without a reset: %s", e.getMessage()).isTrue();
    }
    return answers;
  }

  private static final class CutOff extends RuntimeException {
    CutOff(String what) {
      super(what);
    }
  }

  private Answer response() {
    Matcher line = STATUS_LINE.matcher(line());
    assertThat(line.matches()).as("a status line: %s", line).isTrue();
    int status = Integer.parseInt(line.group(1));
    TreeMap<String, String> fields = new TreeMap<>();
    for (String next = line(); !next.isEmpty(); next = line()) {
      Matcher field = FIELD.matcher(next);
      assertThat(field.matches()).as("a field: %s", next).isTrue();
      String before = fields.put(field.group(1).toLowerCase(Locale.ROOT), field.group(2));
      assertThat(before).as("%s comes once", field.group(1)).isNull();
    }
    String length = fields.get("content-length");
    String coding = fields.get("transfer-encoding");
    if (status < 200 || status == 204 || status == 304) {
      assertThat(coding).isNull();
      return new Answer(status, fields, "");
    }
    assertThat(fields).containsKey("date");
    if (coding != null) {
      assertThat(length).as("one framing").isNull();
      assertThat(coding).isEqualTo("chunked");
      return new Answer(status, fields, chunked());
    }
    Answer probe = new Answer(status, fields, "");
    if (length == null) {
      assertThat(probe.isLast()).as("no length, so the end of the connection is the end").isTrue();
      return new Answer(status, fields, take(text.length() - at));
    }
    assertThat(length).matches("[0-9]{1,9}");
    return new Answer(status, fields, take(Integer.parseInt(length)));
  }

  private String chunked() {
    StringBuilder body = new StringBuilder();
    while (true) {
      String size = line();
      assertThat(size).matches("[0-9a-fA-F]{1,8}");
      int bytes = HexFormat.fromHexDigits(size);
      body.append(take(bytes));
      assertThat(line()).as("the end of a chunk, and no trailers").isEmpty();
      if (bytes == 0) {
        return body.toString();
      }
    }
  }

  private String line() {
    int end = text.indexOf("\r\n", at);
    if (end < 0) {
      throw new CutOff(text.substring(at));
    }
    String line = text.substring(at, end);
    at = end + 2;
    return line;
  }

  private String take(int bytes) {
    if (text.length() - at < bytes) {
      throw new CutOff("%d of %d bytes".formatted(text.length() - at, bytes));
    }
    at += bytes;
    return text.substring(at - bytes, at);
  }
}
