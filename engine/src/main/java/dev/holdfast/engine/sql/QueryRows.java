// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.LimitExceededException;
import dev.holdfast.SqlRows;
import dev.holdfast.engine.state.Turns;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The rows of one query. Object thread only. */
final class QueryRows implements SqlRows {
  private final Turns turns;
  private final RowSource source;
  private final long listBytes;
  private final long written;
  private boolean taken;

  /**
   * @param listBytes how much may be read into memory at once
   * @param written how many rows were changed
   */
  QueryRows(Turns turns, RowSource source, long listBytes, long written) {
    this.turns = turns;
    this.source = source;
    this.listBytes = listBytes;
    this.written = written;
  }

  /** Where rows come from. */
  interface RowSource {
    List<String> columns();

    /** The next row; null if there is none. */
    @Nullable Object @Nullable [] next();

    /** How many rows were read, the one ahead included. */
    long read();

    void close();
  }

  @Override
  public <T> List<T> list(Class<T> type) {
    RowType reading = begin(type);
    return reading(
        () -> {
          List<T> all = new ArrayList<>();
          long bytes = 0;
          for (@Nullable Object[] row = step(); row != null; row = step()) {
            bytes = count(bytes, row);
            all.add(present(reading.read(row), type));
          }
          return all;
        });
  }

  /** Reads rows to their end, which is there too if the code of the object is told of a failure. */
  private <T> T reading(Supplier<T> body) {
    try {
      return body.get();
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static <T> T present(@Nullable Object value, Class<T> type) {
    if (value == null) {
      throw new NoSuchElementException(
          "expected a %s in each row, found NULL; leave those rows out, or read a record"
              .formatted(type.getTypeName()));
    }
    return cast(value);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // primitives are boxed
  private static <T> T cast(Object value) {
    return (T) value;
  }

  private long count(long before, @Nullable Object[] row) {
    long bytes = before + RowBytes.of(row);
    if (bytes > listBytes) {
      throw new LimitExceededException(
          "a query's rows take more than %d bytes (limits.list-bytes); limit them, or read them with stream"
              .formatted(listBytes));
    }
    return bytes;
  }

  @Override
  public List<SequencedMap<String, @Nullable Object>> maps() {
    begin(Object[].class);
    return reading(
        () -> {
          List<SequencedMap<String, @Nullable Object>> all = new ArrayList<>();
          long bytes = 0;
          for (@Nullable Object[] row = step(); row != null; row = step()) {
            bytes = count(bytes, row);
            all.add(map(row));
          }
          return all;
        });
  }

  private SequencedMap<String, @Nullable Object> map(@Nullable Object[] row) {
    List<String> columns = source.columns();
    SequencedMap<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < row.length; i++) {
      map.put(columns.get(i), row[i]);
    }
    return map;
  }

  @Override
  public <T> T one(Class<T> type) {
    RowType reading = begin(type);
    return reading(
        () -> {
          @Nullable Object[] row = step();
          if (row == null) {
            throw new IllegalStateException("expected one row, found none");
          }
          if (step() != null) {
            throw new IllegalStateException("expected one row, found more; use list or first");
          }
          return present(reading.read(row), type);
        });
  }

  @Override
  public <T> Optional<T> first(Class<T> type) {
    RowType reading = begin(type);
    @Nullable Object[] row = step();
    close();
    Object value = row == null ? null : reading.read(row);
    return value == null ? Optional.empty() : Optional.of(cast(value));
  }

  @Override
  public <T> Stream<T> stream(Class<T> type) {
    RowType reading = begin(type);
    Iterator<T> rows =
        new Iterator<>() {
          private @Nullable Object @Nullable [] ahead;

          @Override
          public boolean hasNext() {
            if (ahead == null) {
              ahead = step();
            }
            return ahead != null;
          }

          @Override
          public T next() {
            if (!hasNext() || ahead == null) {
              throw new NoSuchElementException();
            }
            @Nullable Object[] row = ahead;
            ahead = null;
            return present(reading.read(row), type);
          }
        };
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(this::close);
  }

  private RowType begin(Class<?> type) {
    turns.checkThread();
    if (taken) {
      throw new IllegalStateException("the rows of a query are read once; run it again");
    }
    taken = true;
    try {
      return RowType.of(type, source.columns());
    } catch (IllegalArgumentException e) {
      source.close();
      throw e;
    }
  }

  private @Nullable Object @Nullable [] step() {
    turns.checkThread();
    return source.next();
  }

  @Override
  public List<String> columns() {
    return source.columns();
  }

  @Override
  public long rowsRead() {
    return source.read();
  }

  @Override
  public long rowsWritten() {
    return written;
  }

  @Override
  public void close() {
    turns.checkThread();
    source.close();
  }
}
