// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import static java.util.stream.Collectors.joining;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/** A table in Markdown, printed row by row. Not thread-safe. */
public final class Table {
  private final PrintStream out;
  private final List<Column> columns;

  /** What its cells hold tells to which side they are set. */
  public record Column(String name, boolean number) {
    public static Column text(String name) {
      return new Column(name, false);
    }

    public static Column number(String name) {
      return new Column(name, true);
    }
  }

  private Table(PrintStream out, List<Column> columns) {
    this.out = out;
    this.columns = columns;
  }

  /** Prints the head. */
  public static Table open(PrintStream out, Column... columns) {
    Table table = new Table(out, List.of(columns));
    table.print(table.columns.stream().map(Column::name));
    table.print(table.columns.stream().map(column -> column.number() ? "--:" : "---"));
    return table;
  }

  /** Prints a row, which has a cell for each of the first columns; the rest of it is empty. */
  public void row(String... cells) {
    if (cells.length > columns.size()) {
      throw new IllegalArgumentException(
          "a row of %d cells in a table of %d columns".formatted(cells.length, columns.size()));
    }
    print(
        Stream.concat(
            Stream.of(cells), Stream.generate(() -> "").limit(columns.size() - cells.length)));
  }

  private void print(Stream<String> cells) {
    out.println(cells.collect(joining(" | ", "| ", " |")));
  }
}
