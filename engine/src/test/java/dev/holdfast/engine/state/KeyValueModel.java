// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.KeyRange;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SequencedMap;
import java.util.TreeMap;

/** What key-value storage should hold: one map, with copies of it where it may have to go back. */
final class KeyValueModel {
  static final Comparator<String> ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private TreeMap<String, String> now = new TreeMap<>(ORDER);
  private final Deque<TreeMap<String, String>> savepoints = new ArrayDeque<>();
  private final Map<Long, TreeMap<String, String>> commits = new HashMap<>();

  KeyValueModel() {
    commits.put(0L, new TreeMap<>(now));
  }

  NavigableMap<String, String> now() {
    return now;
  }

  void begin() {
    savepoints.push(new TreeMap<>(now));
  }

  void keep() {
    savepoints.pop();
  }

  /** Back to the innermost savepoint, which stays. */
  void back() {
    now = new TreeMap<>(savepoints.element());
  }

  /** Notes what is there at the end of a commit. */
  void committed(long seq) {
    commits.put(seq, new TreeMap<>(now));
  }

  /** Back to the end of a commit. */
  void crashedAfter(long seq) {
    now = new TreeMap<>(commits.get(seq));
    commits.keySet().removeIf(later -> later > seq);
  }

  SequencedMap<String, String> list(KeyRange range) {
    SequencedMap<String, String> found = new LinkedHashMap<>();
    NavigableMap<String, String> walked = range.reversed() ? now.descendingMap() : now;
    for (Map.Entry<String, String> entry : walked.entrySet()) {
      if (found.size() < range.limit() && contains(range, entry.getKey())) {
        found.put(entry.getKey(), entry.getValue());
      }
    }
    return found;
  }

  static boolean contains(KeyRange range, String key) {
    String start = range.start();
    String end = range.end();
    int fromStart = start == null ? 1 : ORDER.compare(key, start);
    return key.startsWith(range.prefix())
        && (range.startExclusive() ? fromStart > 0 : fromStart >= 0)
        && (end == null || ORDER.compare(key, end) < 0);
  }
}
