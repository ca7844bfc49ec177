// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HexFormat;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;

/**
 * Encoded values as text for people and for programs, without the types that they had. Thread-safe.
 *
 * <p>For people it is the diagnostic notation of RFC 8949, section 8: JSON, and bytes as {@code
 * h'…'}, and numbers that JSON does not have. For programs it is JSON as section 6.1 there advises:
 * bytes as base64url without padding, and null for numbers that JSON does not have. So the latter
 * does not tell everything.
 */
public final class CborText {
  private static final TokenStreamFactory CBOR = Codec.newFactory();
  private static final HexFormat HEX = HexFormat.of();

  private CborText() {}

  /**
   * A value in diagnostic notation. What is no CBOR is shown as bytes, with a remark.
   *
   * @param maxCharacters about how long it may get; then it ends with an ellipsis
   */
  public static String diagnostic(byte[] cbor, int maxCharacters) {
    StringBuilder out = new StringBuilder();
    try (JsonParser in = parser(cbor)) {
      Deque<Integer> counts = new ArrayDeque<>();
      boolean named = false;
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (out.length() > maxCharacters) {
          return shortened(out, maxCharacters);
        }
        if (token == JsonToken.END_ARRAY || token == JsonToken.END_OBJECT) {
          counts.pop();
          out.append(token == JsonToken.END_ARRAY ? ']' : '}');
          continue;
        }
        Integer before = named ? null : counts.poll();
        if (before != null) {
          out.append(before == 0 ? "" : ", ");
          counts.push(before + 1);
        }
        named = token == JsonToken.PROPERTY_NAME;
        if (token == JsonToken.START_ARRAY || token == JsonToken.START_OBJECT) {
          counts.push(0);
        }
        append(token, in, out, maxCharacters);
      }
      if (out.isEmpty()) {
        throw new Mismatch("there are no bytes");
      }
      return shortened(out, maxCharacters);
    } catch (RuntimeException e) {
      // Neither the bytes nor the parser are ours: whatever goes wrong with them, they are to
      // blame.
      return shortened(
          new StringBuilder("h'" + hex(cbor, maxCharacters) + "' (not CBOR)"), maxCharacters + 16);
    }
  }

  private static String shortened(StringBuilder out, int maxCharacters) {
    if (out.length() <= maxCharacters) {
      return out.toString();
    }
    int end = maxCharacters;
    if (Character.isHighSurrogate(out.charAt(end - 1))) {
      end--;
    }
    return out.substring(0, end) + "…";
  }

  private static void append(JsonToken token, JsonParser in, StringBuilder out, int max) {
    switch (token) {
      case START_OBJECT -> out.append('{');
      case START_ARRAY -> out.append('[');
      case PROPERTY_NAME -> out.append(quoted(in.currentName())).append(": ");
      case VALUE_STRING -> out.append(quoted(in.getString()));
      case VALUE_NUMBER_INT -> out.append(in.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> out.append(number(in));
      case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> out.append(token.asString());
      case VALUE_EMBEDDED_OBJECT ->
          out.append("h'").append(hex(in.getBinaryValue(), max)).append('\'');
      default -> throw new Mismatch("found the token " + token);
    }
  }

  private static String number(JsonParser in) {
    return switch (in.getNumberType()) {
      case BIG_DECIMAL -> in.getDecimalValue().toString();
      case FLOAT -> Float.toString(in.getFloatValue());
      case DOUBLE, INT, LONG, BIG_INTEGER -> Double.toString(in.getDoubleValue());
    };
  }

  private static String hex(byte[] bytes, int maxCharacters) {
    int shown = Math.min(bytes.length, maxCharacters / 2 + 1);
    return HEX.formatHex(bytes, 0, shown);
  }

  /**
   * A text between quotes, as in JSON, with everything escaped that a terminal could take for a
   * command.
   */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (isCommand(c)) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  /** Control characters, and those that change the direction of writing. */
  private static boolean isCommand(char c) {
    return Character.isISOControl(c)
        || (c >= '\u202a' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }

  /**
   * Writes a value as JSON; null if it is no CBOR.
   *
   * @param out at a place where a value may stand
   */
  public static void writeJson(byte[] cbor, JsonGenerator out) {
    if (!isCbor(cbor)) {
      out.writeNull();
      return;
    }
    try (JsonParser in = parser(cbor)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        write(token, in, out);
      }
    }
  }

  private static void write(JsonToken token, JsonParser in, JsonGenerator out) {
    switch (token) {
      case START_OBJECT -> out.writeStartObject();
      case END_OBJECT -> out.writeEndObject();
      case START_ARRAY -> out.writeStartArray();
      case END_ARRAY -> out.writeEndArray();
      case PROPERTY_NAME -> out.writeName(in.currentName());
      case VALUE_STRING -> out.writeString(in.getString());
      case VALUE_NUMBER_INT -> out.writeNumber(in.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> writeFraction(in, out);
      case VALUE_TRUE -> out.writeBoolean(true);
      case VALUE_FALSE -> out.writeBoolean(false);
      case VALUE_NULL -> out.writeNull();
      case VALUE_EMBEDDED_OBJECT ->
          out.writeString(
              Base64.getUrlEncoder().withoutPadding().encodeToString(in.getBinaryValue()));
      default -> throw new Mismatch("found the token " + token);
    }
  }

  private static void writeFraction(JsonParser in, JsonGenerator out) {
    switch (in.getNumberType()) {
      case BIG_DECIMAL -> {
        BigDecimal number = in.getDecimalValue();
        out.writeNumber(number.toString());
      }
      case FLOAT -> {
        float number = in.getFloatValue();
        if (Float.isFinite(number)) {
          out.writeNumber(number);
        } else {
          out.writeNull();
        }
      }
      case DOUBLE, INT, LONG, BIG_INTEGER -> {
        double number = in.getDoubleValue();
        if (Double.isFinite(number)) {
          out.writeNumber(number);
        } else {
          out.writeNull();
        }
      }
    }
  }

  /** Whether it is one value of those that can be shown, and nothing else. */
  private static boolean isCbor(byte[] cbor) {
    try (JsonParser in = parser(cbor)) {
      int depth = 0;
      int values = 0;
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        values += depth == 0 ? 1 : 0;
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        append(token.isStructEnd() ? JsonToken.START_ARRAY : token, in, new StringBuilder(), 0);
      }
      return values == 1 && depth == 0;
    } catch (RuntimeException e) {
      return false; // as above
    }
  }

  private static JsonParser parser(byte[] cbor) {
    Tags.requireFew(cbor);
    return CBOR.createParser(ObjectReadContext.empty(), cbor, 0, cbor.length);
  }
}
