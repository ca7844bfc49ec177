// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The namespaces of the store: each has a number, which stands for it in keys, and a secret.
 * Reading is thread-safe; new ones are made by the committer, and seen by readers once they are
 * durable.
 */
final class Namespaces {
  private static final int SECRET_BYTES = 32;

  /**
   * A namespace.
   *
   * @param name its stable name
   * @param number what stands for it in keys, from 1
   * @param secret with which its ids are made
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Space(String name, int number, byte[] secret) {}

  private final Map<String, Space> byName = new ConcurrentHashMap<>();
  private final Map<Integer, Space> byNumber = new ConcurrentHashMap<>();

  /** Made in the batch under construction. Committer's. */
  private final Map<String, Space> fresh = new HashMap<>();

  /** Names that the batch under construction takes away. Committer's. */
  private final Set<String> gone = new HashSet<>();

  private final RandomGenerator random;
  private int lastNumber;

  private Namespaces(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Reads them all.
   *
   * @param random where secrets of new ones come from
   */
  static Namespaces read(Database database, RandomGenerator random) throws RocksDBException {
    Namespaces namespaces = new Namespaces(random);
    byte[] prefix = {Keys.NAMESPACE};
    try (Cursor cursor = database.cursor()) {
      for (boolean more = cursor.seek(prefix);
          more && Keys.startsWith(cursor.key(), prefix);
          more = cursor.next()) {
        byte[] key = cursor.key();
        byte[] value = cursor.value();
        namespaces.publish(
            new Space(
                new String(key, 1, key.length - 1, StandardCharsets.UTF_8),
                Keys.intAt(value, 0),
                Arrays.copyOfRange(value, 4, 4 + SECRET_BYTES)));
      }
    }
    return namespaces;
  }

  /** All of them. */
  Collection<Space> all() {
    return List.copyOf(byName.values());
  }

  /** Puts one back that was lost. */
  static void putBack(Space space, BatchBuffer batch) {
    batch.put(Keys.namespace(space.name()), encode(space));
  }

  private static byte[] encode(Space space) {
    byte[] value = new byte[4 + SECRET_BYTES];
    Keys.putInt(value, 0, space.number());
    System.arraycopy(space.secret(), 0, value, 4, SECRET_BYTES);
    return value;
  }

  private void publish(Space space) {
    byName.put(space.name(), space);
    byNumber.put(space.number(), space);
    lastNumber = Math.max(lastNumber, space.number());
  }

  /** The namespace of that name; null if the store has none. */
  @Nullable Space find(String name) {
    return byName.get(name);
  }

  /** The number of a namespace; 0 if the store has none of that name. */
  int number(String name) {
    Space space = byName.get(name);
    return space == null ? 0 : space.number();
  }

  /** The name of a namespace; null if the commit that makes it is not confirmed yet. */
  @Nullable String name(int number) {
    Space space = byNumber.get(number);
    return space == null ? null : space.name();
  }

  /** The number of a namespace, which is made if there is none. Committer thread only. */
  int ensure(String name, BatchBuffer batch) {
    Space known = byName.get(name);
    if (known == null) {
      known = fresh.get(name);
    }
    if (known != null) {
      return known.number();
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    lastNumber++;
    Space space = new Space(name, lastNumber, secret);
    batch.put(Keys.namespace(name), encode(space));
    fresh.put(name, space);
    return lastNumber;
  }

  /**
   * Gives a namespace another name, which no namespace with objects has; nothing if there is none
   * of that name any more. Committer thread only.
   */
  void rename(String from, String to, BatchBuffer batch) {
    Space space = byName.get(from);
    if (space == null) {
      return;
    }
    Space renamed = new Space(to, space.number(), space.secret());
    batch.delete(Keys.namespace(from));
    batch.put(Keys.namespace(to), encode(renamed));
    gone.add(from);
    fresh.put(to, renamed);
  }

  /** The batch that was under construction is durable. Committer thread only. */
  void written() {
    if (!fresh.isEmpty()) {
      gone.forEach(byName::remove);
      gone.clear();
      fresh.values().forEach(this::publish);
      fresh.clear();
    }
  }

  /** Those that the batch under construction makes. Committer thread only. */
  boolean anyFresh() {
    return !fresh.isEmpty();
  }

  /** All of them, and those that the batch under construction makes. Committer thread only. */
  Collection<Space> withFresh() {
    Map<String, Space> spaces = new HashMap<>(byName);
    spaces.keySet().removeAll(gone);
    spaces.putAll(fresh);
    return spaces.values();
  }
}
