// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where things lie in the one ordered key space of the store. All numbers are big-endian, so that
 * the order of bytes is the order of numbers. A key begins with the letter of its table:
 *
 * <pre>
 * A millis(8, sign bit flipped) namespace(4) id(32)                        alarm index           → nothing, or 1 and the name
 * D namespace(4) id(32)                                  directory by id       → created(8) named(1) name
 * H namespace(4) id(32) space key' superseded(8)         history               → written(8) value
 * I namespace(4) id(32) ended(8) incarnation(4)          former incarnations   → nothing
 * M name                                                 facts about the store
 * N namespace(4) name                                    directory by name     → created(8) id(32)
 * O namespace(4) id(32) 00                               the object's head     → {@link Head}
 * O namespace(4) id(32) space key                        current entry         → written(8) value
 * P namespace(4) id(32) generation(8) until millis(8)    pins                  → nothing
 * S name                                                 namespaces            → number(4) secret(32)
 * </pre>
 *
 * <p>A <em>space</em> is where entries of one life of the object lie: {@code 01} for entries that a
 * clear leaves alone, {@code 02} and the complement of the incarnation for the others. So the head,
 * the entries of kind META and the current incarnation lie side by side, newest incarnation first,
 * and opening an object is one seek.
 *
 * <p>In history keys the entry key is escaped (00 becomes 00 FF) and ended by 00 01, so that the
 * order of keys is kept and the versions of one key lie together, the earliest superseded first:
 * what a view at the end of generation g sees is found by a seek to {@code g + 1}.
 */
final class Keys {
  static final byte ALARM = 'A';
  static final byte DIRECTORY = 'D';
  static final byte HISTORY = 'H';
  static final byte INCARNATION = 'I';
  static final byte META = 'M';
  static final byte NAME = 'N';
  static final byte OBJECT = 'O';
  static final byte PIN = 'P';
  static final byte NAMESPACE = 'S';

  /** Table, namespace, id: what all keys of one object in one table begin with. */
  static final int PREFIX = 1 + 4 + ObjectId.BYTES;

  private static final byte SPACE_KEPT = 1;

  /** Begins the space of entries that a clear removes. */
  static final byte SPACE_CLEARED = 2;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Keys() {}

  static void putInt(byte[] target, int offset, int value) {
    INT.set(target, offset, value);
  }

  static void putLong(byte[] target, int offset, long value) {
    LONG.set(target, offset, value);
  }

  static int intAt(byte[] source, int offset) {
    return (int) INT.get(source, offset);
  }

  static long longAt(byte[] source, int offset) {
    return (long) LONG.get(source, offset);
  }

  /** What all keys of an object in a table begin with, and room for more. */
  private static byte[] object(byte table, int namespace, ObjectId id, int more) {
    byte[] key = new byte[PREFIX + more];
    key[0] = table;
    putInt(key, 1, namespace);
    id.writeTo(key, 5);
    return key;
  }

  static byte[] head(int namespace, ObjectId id) {
    return object(OBJECT, namespace, id, 1);
  }

  /** What all keys of an object in that table begin with. */
  static byte[] prefix(byte table, int namespace, ObjectId id) {
    return object(table, namespace, id, 0);
  }

  /** The bytes that stand for the space of a kind in an incarnation. */
  static byte[] space(byte kind, int incarnation) {
    if (kind == EntryKind.META.code()) {
      return new byte[] {SPACE_KEPT};
    }
    byte[] space = new byte[5];
    space[0] = SPACE_CLEARED;
    putInt(space, 1, ~incarnation);
    return space;
  }

  /** How many bytes the space takes that begins at {@code offset}. */
  static int spaceLength(byte[] key, int offset) {
    return key[offset] == SPACE_KEPT ? 1 : 5;
  }

  /** The incarnation of a space of cleared entries. */
  static int incarnation(byte[] key, int offset) {
    return ~intAt(key, offset + 1);
  }

  /** The key of an entry; with an empty entry key, what all entries of the space begin with. */
  static byte[] entry(int namespace, ObjectId id, byte[] space, byte[] entryKey) {
    byte[] key = object(OBJECT, namespace, id, space.length + entryKey.length);
    System.arraycopy(space, 0, key, PREFIX, space.length);
    System.arraycopy(entryKey, 0, key, PREFIX + space.length, entryKey.length);
    return key;
  }

  /** The key of an entry. */
  static byte[] entry(int namespace, ObjectId id, int incarnation, EntryKey entryKey) {
    byte[] bytes = entryKey.bytes();
    return entry(namespace, id, space(bytes[0], incarnation), bytes);
  }

  /** The entry key in a key of the object table. */
  static EntryKey entryKey(byte[] key) {
    return EntryKey.ofBytes(Arrays.copyOfRange(key, PREFIX + spaceLength(key, PREFIX), key.length));
  }

  /** The key under which the version lies that {@code superseded} replaced. */
  static byte[] history(
      int namespace, ObjectId id, byte[] space, byte[] entryKey, long superseded) {
    byte[] key = historyPrefix(namespace, id, space, entryKey, 8);
    putLong(key, key.length - 8, superseded);
    return key;
  }

  /** What the keys of all versions of an entry begin with. */
  static byte[] historyPrefix(int namespace, ObjectId id, byte[] space, byte[] entryKey, int more) {
    int zeros = 0;
    for (byte b : entryKey) {
      zeros += b == 0 ? 1 : 0;
    }
    int head = PREFIX + space.length;
    byte[] key = object(HISTORY, namespace, id, space.length + entryKey.length + zeros + 2 + more);
    System.arraycopy(space, 0, key, PREFIX, space.length);
    int at = head;
    for (byte b : entryKey) {
      key[at++] = b;
      if (b == 0) {
        key[at++] = (byte) 0xFF;
      }
    }
    key[at] = 0;
    key[at + 1] = 1;
    return key;
  }

  /**
   * The position in the history of a space from which the versions of keys from {@code entryKey} on
   * lie.
   */
  static byte[] historyFrom(int namespace, ObjectId id, byte[] space, byte[] entryKey) {
    byte[] key = historyPrefix(namespace, id, space, entryKey, 0);
    return Arrays.copyOf(key, key.length - 2);
  }

  /** The entry key in a key of the history table. */
  static EntryKey historyEntryKey(byte[] key) {
    int from = PREFIX + spaceLength(key, PREFIX);
    byte[] entryKey = new byte[key.length - from];
    int length = 0;
    for (int at = from; !(key[at] == 0 && key[at + 1] == 1); at++) {
      entryKey[length++] = key[at];
      if (key[at] == 0) {
        at++;
      }
    }
    return EntryKey.ofBytes(Arrays.copyOf(entryKey, length));
  }

  /** Which generation superseded the version at a key of the history table. */
  static long superseded(byte[] key) {
    return longAt(key, key.length - 8);
  }

  static byte[] formerIncarnation(int namespace, ObjectId id, long ended, int incarnation) {
    byte[] key = object(INCARNATION, namespace, id, 12);
    putLong(key, PREFIX, ended);
    putInt(key, PREFIX + 8, incarnation);
    return key;
  }

  static byte[] pin(int namespace, ObjectId id, long generation, long until) {
    byte[] key = object(PIN, namespace, id, 16);
    putLong(key, PREFIX, generation);
    putLong(key, PREFIX + 8, until);
    return key;
  }

  static byte[] alarm(long millis, int namespace, ObjectId id) {
    byte[] key = new byte[1 + 8 + 4 + ObjectId.BYTES];
    key[0] = ALARM;
    putLong(key, 1, millis ^ Long.MIN_VALUE);
    putInt(key, 9, namespace);
    id.writeTo(key, 13);
    return key;
  }

  /** The alarm time in a key of the alarm index. */
  static long alarmMillis(byte[] key) {
    return longAt(key, 1) ^ Long.MIN_VALUE;
  }

  static byte[] directoryById(int namespace, ObjectId id) {
    return object(DIRECTORY, namespace, id, 0);
  }

  static byte[] directoryByName(int namespace, byte[] name) {
    byte[] key = new byte[5 + name.length];
    key[0] = NAME;
    putInt(key, 1, namespace);
    System.arraycopy(name, 0, key, 5, name.length);
    return key;
  }

  static byte[] namespace(String name) {
    return text(NAMESPACE, name);
  }

  static byte[] meta(String name) {
    return text(META, name);
  }

  private static byte[] text(byte table, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] key = new byte[1 + bytes.length];
    key[0] = table;
    System.arraycopy(bytes, 0, key, 1, bytes.length);
    return key;
  }

  /** The id at {@code offset} of a key. */
  static ObjectId id(byte[] key, int offset, @Nullable String name) {
    return ObjectId.of(Arrays.copyOfRange(key, offset, offset + ObjectId.BYTES), name);
  }

  /** The smallest key beyond all keys that begin with {@code prefix}. */
  static byte[] end(byte[] prefix) {
    byte[] end = prefix.clone();
    for (int i = end.length - 1; i >= 0; i--) {
      if (++end[i] != 0) {
        return Arrays.copyOf(end, i + 1);
      }
    }
    throw new IllegalArgumentException("no key lies beyond all others");
  }

  static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
