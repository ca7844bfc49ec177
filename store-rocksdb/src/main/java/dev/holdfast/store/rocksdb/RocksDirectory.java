// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.KeyRange;
import dev.holdfast.ObjectId;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DirectoryEntry;
import dev.holdfast.store.Generation;
import dev.holdfast.store.NameBounds;
import dev.holdfast.store.ObjectRef;
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
    Comparator<String> byBytes =
        Comparator.comparing(
            name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);
    return live.get().namespaces.all().stream()
        .map(Namespaces.Space::name)
        .sorted(byBytes)
        .toList();
  }

  @Override
  public @Nullable DirectoryEntry find(ObjectRef object) {
    Session session = live.get();
    int number = session.namespaces.number(object.namespace());
    try (Listing listing = new Listing(session, number)) {
      return listing.entry(object.id());
    } catch (RocksDBException e) {
      throw Failures.read("its place in the directory", object, e);
    }
  }

  @Override
  public List<DirectoryEntry> byId(String namespace, @Nullable ObjectId after, int limit) {
    Session session = live.get();
    int number = session.namespaces.number(namespace);
    byte[] prefix = Arrays.copyOf(Keys.directoryByName(number, new byte[0]), 5);
    prefix[0] = Keys.DIRECTORY;
    byte[] from = after == null ? prefix : successor(Keys.directoryById(number, after));
    List<DirectoryEntry> entries = new ArrayList<>();
    try (Listing listing = new Listing(session, number);
        Cursor cursor = listing.cursor()) {
      boolean more = cursor.seek(from);
      while (more && entries.size() < limit && Keys.startsWith(cursor.key(), prefix)) {
        listing.add(Keys.id(cursor.key(), 5, null), cursor.value(), entries);
        more = cursor.next();
      }
    } catch (RocksDBException e) {
      throw Failures.read("the objects of namespace " + namespace, e);
    }
    return entries;
  }

  @Override
  public List<DirectoryEntry> byName(String namespace, KeyRange names) {
    Session session = live.get();
    int number = session.namespaces.number(namespace);
    NameBounds bounds = NameBounds.of(names);
    if (bounds.isEmpty()) {
      return List.of();
    }
    byte[] from = Keys.directoryByName(number, bounds.from());
    byte[] end = bounds.to();
    byte[] to =
        end == null
            ? Keys.end(Keys.directoryByName(number, new byte[0]))
            : Keys.directoryByName(number, end);
    boolean reverse = names.reversed();
    List<DirectoryEntry> entries = new ArrayList<>();
    try (Listing listing = new Listing(session, number);
        Cursor cursor = listing.cursor()) {
      boolean more = reverse ? cursor.seekBefore(to) : cursor.seek(from);
      while (more
          && entries.size() < names.limit()
          && Arrays.compareUnsigned(cursor.key(), from) >= 0
          && Arrays.compareUnsigned(cursor.key(), to) < 0) {
        listing.add(Keys.id(cursor.value(), 8, null), cursor.value(), entries);
        more = reverse ? cursor.previous() : cursor.next();
      }
    } catch (RocksDBException e) {
      throw Failures.read("the names of namespace " + namespace, e);
    }
    return entries;
  }

  /** The directory and the heads of its objects, as of one moment. */
  private static final class Listing implements AutoCloseable {
    private final int namespace;
    private final Database.Moment moment;
    private final Cursor heads;

    Listing(Session session, int namespace) {
      this.namespace = namespace;
      this.moment = session.database.moment();
      this.heads = moment.cursor();
    }

    Cursor cursor() {
      return moment.cursor();
    }

    /**
     * Adds an object.
     *
     * @param value what an index has of it
     */
    void add(ObjectId id, byte[] value, List<DirectoryEntry> entries) throws RocksDBException {
      Head head = head(id);
      if (head != null) {
        entries.add(entry(id, head, DirectoryRecords.created(value)));
      }
    }

    /** An object; null if it does not exist. */
    @Nullable DirectoryEntry entry(ObjectId id) throws RocksDBException {
      Head head = head(id);
      byte[] key = Keys.directoryById(namespace, id);
      return head != null && heads.seek(key) && Arrays.equals(heads.key(), key)
          ? entry(id, head, DirectoryRecords.created(heads.value()))
          : null;
    }

    private @Nullable Head head(ObjectId id) throws RocksDBException {
      byte[] key = Keys.head(namespace, id);
      return heads.seek(key) && Arrays.equals(heads.key(), key) ? Head.decode(heads.value()) : null;
    }

    private static DirectoryEntry entry(ObjectId id, Head head, long created) {
      return new DirectoryEntry(
          ObjectId.of(id.bytes(), head.name()),
          Instant.ofEpochSecond(created),
          Instant.ofEpochSecond(new Generation(head.generation()).second()),
          head.bytes() + head.keptBytes());
    }

    @Override
    public void close() {
      heads.close();
      moment.close();
    }
  }

  private static byte[] successor(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }
}
