// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;
import dev.holdfast.StorageException;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.View;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Commits to a few objects and remembers what was confirmed, and with which store sequence number.
 * Each commit writes an entry of its own and one that all commits of the object overwrite.
 */
final class Ledger {
  static final int OBJECTS = 20;

  /** One confirmed commit; {@code sequence} is that of the batch that held it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Confirmed(int object, long seq, byte[] value, long sequence) {
    ObjectRef ref() {
      return Ledger.ref(object);
    }

    EntryKey key() {
      return EntryKey.user("entry-" + seq);
    }
  }

  private final List<Confirmed> confirmed = Collections.synchronizedList(new ArrayList<>());
  private final RandomGenerator random;
  private final AtomicLong sequence = new AtomicLong();

  Ledger(RandomGenerator random) {
    this.random = random;
  }

  static ObjectRef ref(int object) {
    byte[] id = ByteBuffer.allocate(ObjectId.BYTES).putLong(object * 0x9E3779B97F4A7C15L).array();
    return new ObjectRef("Ledger", ObjectId.of(id, "object-" + object));
  }

  /** Surroundings through which the ledger learns sequence numbers. */
  Surroundings surroundings() {
    Surroundings real = Surroundings.real();
    return new Surroundings(
        disk ->
            batch -> {
              long last = disk.write(batch);
              sequence.set(last);
              return last;
            },
        real.usableBytes(),
        real.nanos(),
        real.random());
  }

  List<Confirmed> confirmed() {
    synchronized (confirmed) {
      return List.copyOf(confirmed);
    }
  }

  /** Makes {@code rounds} commits to every object, and waits until all are confirmed or failed. */
  void write(ObjectStore store, int rounds) throws InterruptedException {
    long[] seqs = new long[OBJECTS];
    Opening[] openings = new Opening[OBJECTS];
    for (int i = 0; i < OBJECTS; i++) {
      OpenedObject opened = store.open(ref(i), "object-" + i);
      seqs[i] = opened.seq();
      openings[i] = opened.opening();
    }
    for (int round = 0; round < rounds; round++) {
      CountDownLatch done = new CountDownLatch(OBJECTS);
      for (int i = 0; i < OBJECTS; i++) {
        int object = i;
        long seq = ++seqs[i];
        byte[] value = new byte[20 + random.nextInt(200)];
        random.nextBytes(value);
        Commit commit =
            Commit.of(
                openings[i],
                seq,
                Generation.ofSecond(1_000 + seq / 7),
                List.of(
                    new Change(EntryKey.user("entry-" + seq), value),
                    new Change(
                        EntryKey.user("latest"),
                        Long.toString(seq).getBytes(StandardCharsets.UTF_8))));
        store.submit(
            CommitGroup.of(commit),
            failure -> {
              if (failure == null) {
                confirmed.add(new Confirmed(object, seq, value, sequence.get()));
              }
              done.countDown();
            });
      }
      done.await();
    }
  }

  /** The confirmed commits that the store does not have. */
  static List<Confirmed> missing(ObjectStore store, List<Confirmed> confirmed) {
    List<Confirmed> missing = new ArrayList<>();
    for (Confirmed commit : confirmed) {
      byte[] found;
      try {
        found = store.get(commit.ref(), commit.key(), View.current());
      } catch (StorageException e) {
        found = null;
      }
      if (!Arrays.equals(found, commit.value())) {
        missing.add(commit);
      }
    }
    return missing;
  }
}
