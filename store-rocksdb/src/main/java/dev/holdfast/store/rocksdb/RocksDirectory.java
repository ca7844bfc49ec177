// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DirectoryEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** Which objects exist, by the two indexes that their first commits enter. */
final class RocksDirectory implements Directory {
  private final Supplier<Session> live;

  RocksDirectory(Supplier<Session> live) {
    this.live = live;
  }

  @Override
  public List<String> namespaces() {
    return live.get().namespaces.all().stream()
        .map(Namespaces.Space::name)
        .sorted(Comparator.comparing(RocksDirectory::utf8, Arrays::compareUnsigned))
        .toList();
  }

  @Override
  public List<DirectoryEntry> byId(String namespace, @Nullable ObjectId after, int limit) {
    Session session = live.get();
    int number = session.namespaces.number(namespace);
    byte[] prefix = Arrays.copyOf(Keys.directoryByName(number, new byte[0]), 5);
    prefix[0] = Keys.DIRECTORY;
    byte[] from = after == null ? prefix : successor(Keys.directoryById(number, after));
    List<DirectoryEntry> entries = new ArrayList<>();
    try (Cursor cursor = session.database.cursor()) {
      boolean more = cursor.seek(from);
      while (more && entries.size() < limit && Keys.startsWith(cursor.key(), prefix)) {
        byte[] value = cursor.value();
        entries.add(entry(Keys.id(cursor.key(), 5, DirectoryRecords.name(value)), value));
        more = cursor.next();
      }
    } catch (RocksDBException e) {
      throw Failures.read("the objects of namespace " + namespace, e);
    }
    return entries;
  }

  @Override
  public List<DirectoryEntry> byName(
      String namespace, String prefix, @Nullable String after, int limit) {
    Session session = live.get();
    int number = session.namespaces.number(namespace);
    byte[] begin = Keys.directoryByName(number, utf8(prefix));
    byte[] from = begin;
    if (after != null) {
      byte[] beyond = successor(Keys.directoryByName(number, utf8(after)));
      from = Arrays.compareUnsigned(beyond, begin) > 0 ? beyond : begin;
    }
    List<DirectoryEntry> entries = new ArrayList<>();
    try (Cursor cursor = session.database.cursor()) {
      boolean more = cursor.seek(from);
      while (more && entries.size() < limit && Keys.startsWith(cursor.key(), begin)) {
        byte[] key = cursor.key();
        byte[] value = cursor.value();
        String name = new String(key, 5, key.length - 5, StandardCharsets.UTF_8);
        entries.add(entry(Keys.id(value, 8, name), value));
        more = cursor.next();
      }
    } catch (RocksDBException e) {
      throw Failures.read("the names of namespace " + namespace, e);
    }
    return entries;
  }

  private static DirectoryEntry entry(ObjectId id, byte[] value) {
    return new DirectoryEntry(id, Instant.ofEpochSecond(DirectoryRecords.created(value)));
  }

  private static byte[] successor(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
