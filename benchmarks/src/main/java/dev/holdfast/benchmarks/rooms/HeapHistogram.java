// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** What lives on the heap of this process, by class. */
record HeapHistogram(Map<String, Population> classes) {
  private static final Pattern LINE =
      Pattern.compile("^ *\\d+: +(\\d+) +(\\d+) +(\\S+)", Pattern.MULTILINE);

  /** What a collector leaves in gaps that are not worth closing. */
  private static final String FILLER = "[Ljdk.internal.vm.FillerElement;";

  /** The instances of a class. */
  record Population(long instances, long bytes) {
    static final Population NONE = new Population(0, 0);

    Population minus(Population other) {
      return new Population(instances - other.instances, bytes - other.bytes);
    }
  }

  /** Collects all garbage, and counts what is left. */
  static HeapHistogram afterCollection() {
    String text;
    try {
      text =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "gcClassHistogram",
                      new Object[] {new String[0]},
                      new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new IllegalStateException("this virtual machine has no histogram of its heap", e);
    }
    Map<String, Population> classes = new HashMap<>();
    Matcher line = LINE.matcher(text);
    while (line.find()) {
      if (line.group(3).equals(FILLER) || line.group(3).startsWith(HeapHistogram.class.getName())) {
        continue;
      }
      // Hidden classes and classes of several loaders share a name.
      classes.merge(
          line.group(3).replaceFirst("/0x.*", ""),
          new Population(Long.parseLong(line.group(1)), Long.parseLong(line.group(2))),
          (a, b) -> new Population(a.instances + b.instances, a.bytes + b.bytes));
    }
    return new HeapHistogram(classes);
  }

  long bytes() {
    return classes.values().stream().mapToLong(Population::bytes).sum();
  }

  /** What has come since then. */
  HeapHistogram since(HeapHistogram before) {
    Map<String, Population> more = new HashMap<>();
    classes.forEach(
        (name, now) ->
            more.put(name, now.minus(before.classes.getOrDefault(name, Population.NONE))));
    return new HeapHistogram(more);
  }

  Population of(String name) {
    return classes.getOrDefault(name, Population.NONE);
  }

  /** The classes that take the most bytes, those first. */
  List<String> largest(long leastBytes) {
    return classes.entrySet().stream()
        .filter(entry -> entry.getValue().bytes() >= leastBytes)
        .sorted(
            Comparator.comparingLong((Map.Entry<String, Population> e) -> e.getValue().bytes())
                .reversed())
        .map(Map.Entry::getKey)
        .toList();
  }
}
