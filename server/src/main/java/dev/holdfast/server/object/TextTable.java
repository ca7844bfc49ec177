// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A table for people: columns as wide as the first rows need. Only those are held in memory; rows
 * that are wider are not cut. Not thread-safe; {@link #end} when all rows are there.
 */
final class TextTable {
  private static final int MEASURED_ROWS = 200;

  private final OutputStream out;
  private final List<List<String>> waiting = new ArrayList<>();
  private int[] widths = {};
  private boolean begun;

  TextTable(OutputStream out, String... titles) {
    this(out, List.of(titles));
  }

  TextTable(OutputStream out, List<String> titles) {
    this.out = out;
    waiting.add(titles);
  }

  void row(String... cells) throws IOException {
    row(List.of(cells));
  }

  void row(List<String> cells) throws IOException {
    if (begun) {
      print(cells);
      return;
    }
    waiting.add(cells);
    if (waiting.size() > MEASURED_ROWS) {
      end();
    }
  }

  /** Prints what has waited. */
  void end() throws IOException {
    if (begun) {
      return;
    }
    begun = true;
    widths = new int[waiting.getFirst().size()];
    for (List<String> cells : waiting) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], length(cells.get(i)));
      }
    }
    for (List<String> cells : waiting) {
      print(cells);
    }
    waiting.clear();
  }

  private void print(List<String> cells) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(cells.get(i));
      if (i + 1 < cells.size()) {
        line.append(" ".repeat(Math.max(0, widths[i] - length(cells.get(i))) + 2));
      }
    }
    print(out, line.toString());
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  /** Prints a line. */
  static void print(OutputStream out, String line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
