// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The write-ahead logs that still count, from the first that the manifest needs to the last, and
 * how far they can be read without a gap.
 *
 * <p>A batch begins with its first sequence number and its number of entries, so batches that
 * follow each other are known to. Each log but the first begins with a remark on the one before it:
 * its number and its size.
 *
 * @param any whether there is any log at all, also one that counts no more
 * @param lastSequence up to which sequence number everything can be read
 * @param end the log in which the reading ended; null if there is none
 * @param endBytes how many bytes of that log are good
 * @param beyond logs behind it, which cannot be used
 */
record LogChain(
    boolean any, long lastSequence, @Nullable Path end, long endBytes, List<Path> beyond) {
  static final LogChain NONE = new LogChain(false, 0, null, 0, List.of());

  /** Whether the log in which the reading ended has bytes that are no good. */
  boolean endsEarly() throws IOException {
    return end != null && Files.size(end) > endBytes;
  }

  /**
   * Inspects the logs.
   *
   * @param confirmed what must be there
   * @param losses gets what is lost
   */
  static LogChain inspect(
      StoreLayout layout,
      Manifest manifest,
      Inspection.Confirmed confirmed,
      List<Inspection.Loss> losses)
      throws IOException {
    List<Long> all = layout.logs();
    List<Long> numbers = all.stream().filter(n -> n >= manifest.firstLog()).toList();
    Walk walk = new Walk(layout, manifest);
    Inspection.Loss loss = null;
    int next = 0;
    while (next < numbers.size() && loss == null) {
      loss = walk.read(numbers.get(next), next == numbers.size() - 1, confirmed);
      next++;
    }
    // A compaction forgets the sequence numbers of what it moves to the bottom, so data files need
    // not tell how far they reach; but everything from logs that count no more is in them.
    boolean flushed = confirmed.log() < manifest.firstLog();
    if (loss == null && !flushed && walk.lastSequence < confirmed.sequence()) {
      long missing = Math.max(confirmed.log(), manifest.firstLog());
      loss =
          numbers.contains(missing)
              ? walk.lost(layout.log(missing), "ends before the last confirmed commit")
              : walk.lost(layout.log(missing), "is missing");
    }
    if (loss != null) {
      losses.add(loss);
    }
    List<Path> beyond = new ArrayList<>();
    for (Long number : numbers.subList(walk.endIndex(numbers) + 1, numbers.size())) {
      beyond.add(layout.log(number));
    }
    return new LogChain(!all.isEmpty(), walk.lastSequence, walk.end, walk.endBytes, beyond);
  }

  /** Reads one log after the other. */
  private static final class Walk implements LogFile.Reader {
    private final StoreLayout layout;
    private final long firstLog;
    private long lastSequence;
    private boolean anyBatch;
    private @Nullable Path end;
    private long endBytes;
    private long endNumber;
    private Inspection.@Nullable Loss predecessorLoss;

    Walk(StoreLayout layout, Manifest manifest) {
      this.layout = layout;
      this.firstLog = manifest.firstLog();
      this.lastSequence = manifest.flushedSequence();
    }

    /** Reads a log; returns what is lost, if anything. */
    Inspection.@Nullable Loss read(long number, boolean last, Inspection.Confirmed confirmed)
        throws IOException {
      Path file = layout.log(number);
      LogFile.Ending ending = LogFile.read(file, this);
      if (predecessorLoss != null) {
        return predecessorLoss;
      }
      end = file;
      endBytes = ending.intactBytes();
      endNumber = number;
      boolean beyond = confirmed.log() < number || lastSequence >= confirmed.sequence();
      boolean torn = ending.tail() == LogFile.Tail.TORN && last && beyond;
      return ending.tail() == LogFile.Tail.WHOLE || torn
          ? null
          : lost(file, "is damaged at byte " + endBytes + ": " + ending.reason());
    }

    Inspection.Loss lost(Path file, String how) {
      return new Inspection.Loss(file, how, lastSequence + 1);
    }

    int endIndex(List<Long> numbers) {
      return end == null ? -1 : numbers.indexOf(endNumber);
    }

    @Override
    public void remark(int type, byte[] content) throws IOException {
      if (type == LogFile.PREDECESSOR) {
        ByteBuffer fields = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        predecessorLoss = predecessorLoss(fields.getLong(), fields.getLong());
      }
    }

    private Inspection.@Nullable Loss predecessorLoss(long number, long size) throws IOException {
      if (number < firstLog) {
        return null;
      }
      Path file = layout.log(number);
      if (number != endNumber) {
        return lost(file, "is missing");
      }
      return Files.size(file) == size
          ? null
          : lost(file, "has " + Files.size(file) + " bytes instead of " + size);
    }

    @Override
    public @Nullable String record(byte[] content) {
      if (predecessorLoss != null) {
        return predecessorLoss.how();
      }
      if (content.length < 12) {
        return "a batch without a header";
      }
      ByteBuffer fields = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
      long first = fields.getLong();
      int count = fields.getInt();
      if (anyBatch && first != lastSequence + 1) {
        return "sequence number " + first + " follows " + lastSequence;
      }
      anyBatch = true;
      lastSequence = first + count - 1;
      return null;
    }
  }
}
