// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/**
 * Text as CBOR. CBOR text is UTF-8, which has no form for a surrogate without its partner; a string
 * that has one is written as a byte string of its UTF-16 code units instead, so that every string
 * comes back as it was.
 */
final class Texts {
  private Texts() {}

  static void write(String text, JsonGenerator out) {
    if (isUnicode(text)) {
      out.writeString(text);
    } else {
      out.writeBinary(codeUnits(text));
    }
  }

  static String read(JsonParser in) {
    return switch (in.currentToken()) {
      case VALUE_STRING -> in.getString();
      case VALUE_EMBEDDED_OBJECT -> fromCodeUnits(bytes(in));
      case null, default ->
          throw new Mismatch("expected a text, found the token " + in.currentToken());
    };
  }

  static byte[] bytes(JsonParser in) {
    if (in.getEmbeddedObject() instanceof byte[] bytes) {
      return bytes;
    }
    throw new Mismatch("expected bytes, found the token " + in.currentToken());
  }

  /** Whether every surrogate has its partner. */
  static boolean isUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** Enough of {@code text} for a message. */
  static String shorten(String text) {
    return text.length() <= 64 ? text : text.substring(0, 64) + "…";
  }

  static byte[] codeUnits(String text) {
    byte[] units = new byte[2 * text.length()];
    for (int i = 0; i < text.length(); i++) {
      units[2 * i] = (byte) (text.charAt(i) >> 8);
      units[2 * i + 1] = (byte) text.charAt(i);
    }
    return units;
  }

  static String fromCodeUnits(byte[] units) {
    if (units.length % 2 != 0) {
      throw new Mismatch("expected a text, found " + units.length + " bytes");
    }
    // Not new String(bytes, UTF_16BE), which replaces lone surrogates.
    char[] chars = new char[units.length / 2];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = (char) ((units[2 * i] & 0xff) << 8 | (units[2 * i + 1] & 0xff));
    }
    return new String(chars);
  }
}
