// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import dev.holdfast.engine.codec.CborText;
import dev.holdfast.engine.state.StoredEntries;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** Entries of objects as text, for people or for programs. */
final class ShownEntries {
  private static final int SHORT_CHARACTERS = 200;

  private ShownEntries() {}

  /** The entry of a key. */
  static ScanRange key(String key) {
    EntryKey only = EntryKey.user(key);
    return new ScanRange(only, only.successor(), false, 1, Long.MAX_VALUE);
  }

  /** The entries of keys that begin so. */
  static ScanRange prefix(String prefix) {
    byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
    EntryKey end = EntryKey.end(EntryKind.USER);
    if (bytes.length > 0) {
      byte[] beyond = bytes.clone();
      beyond[beyond.length - 1]++; // UTF-8 has no byte 0xff to carry
      end = EntryKey.of(EntryKind.USER, beyond);
    }
    return new ScanRange(
        EntryKey.of(EntryKind.USER, bytes), end, false, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /** All but pages of the database, and what the platform notes about the object. */
  static ScanRange data(EntryKind kind) {
    return new ScanRange(
        EntryKey.first(kind), EntryKey.end(kind), false, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Takes entries. */
  @FunctionalInterface
  interface Taker {
    void take(EntryKey key, byte[] value) throws IOException;
  }

  /**
   * Reads entries, one after the other.
   *
   * @return whether there are more than {@code limit}
   */
  static boolean read(
      ObjectStore store, ObjectRef object, ScanRange range, View view, int limit, Taker taker)
      throws IOException, InterruptedException {
    StoredEntries entries = new StoredEntries(store, object, range, view);
    for (int count = 0; entries.hasNext(); count++) {
      if (count == limit) {
        return true;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("reading was ended");
      }
      Map.Entry<EntryKey, byte[]> entry = entries.next();
      taker.take(entry.getKey(), entry.getValue());
    }
    return false;
  }

  /**
   * Prints an entry for people.
   *
   * @param whole whether all of a long value is wanted
   */
  static void print(OutputStream out, EntryKey key, byte[] value, boolean whole)
      throws IOException {
    TextTable.print(
        out,
        CborText.quoted(key.text())
            + "  "
            + CborText.diagnostic(value, whole ? Integer.MAX_VALUE - 16 : SHORT_CHARACTERS));
  }

  /**
   * Writes an entry for programs: the kind; the key, as text or, if it is none, as base64; the
   * value as JSON, which may say less than it; and the value as it is, in base64.
   */
  static void writeJson(OutputStream out, EntryKey key, byte[] value) throws IOException {
    JsonLine.write(
        out,
        json -> {
          json.writeStringProperty("kind", key.kind().name().toLowerCase(Locale.ROOT));
          writeKey(key, json);
          json.writeName("value");
          CborText.writeJson(value, json);
          json.writeStringProperty("cbor", Base64.getEncoder().encodeToString(value));
        });
  }

  private static void writeKey(EntryKey key, JsonGenerator json) {
    byte[] bytes = Arrays.copyOfRange(key.bytes(), 1, key.length());
    try {
      json.writeStringProperty(
          "key", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      json.writeStringProperty("keyBase64", Base64.getEncoder().encodeToString(bytes));
    }
  }
}
