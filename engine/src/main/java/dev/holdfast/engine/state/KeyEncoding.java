// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.LimitExceededException;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Turns the keys of user code into entry keys, refusing those that two keys could collide in. */
final class KeyEncoding {
  private KeyEncoding() {}

  static EntryKey encode(String key, StateLimits limits) {
    byte[] bytes = utf8(key);
    if (bytes.length > limits.keyBytes()) {
      throw new LimitExceededException(
          "key %s… has %d bytes in UTF-8, limit %d; use a shorter key"
              .formatted(
                  key.substring(0, Math.min(32, key.length())), bytes.length, limits.keyBytes()));
    }
    return EntryKey.of(EntryKind.USER, bytes);
  }

  /** The UTF-8 form of {@code text}; an unpaired surrogate, which has none, is refused. */
  static byte[] utf8(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (hasSurrogates(text)) {
      try {
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      } catch (CharacterCodingException e) {
        throw new IllegalArgumentException(
            "a key with an unpaired surrogate cannot be stored: it has no UTF-8 form", e);
      }
    }
    return bytes;
  }

  private static boolean hasSurrogates(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
