// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.counter;

import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.wrk.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What ours has to reach on a workload, against the floor and the peer of the same run. */
final class Budget {
  private static final double OF_THE_FLOOR = 0.85;
  private static final double MEDIAN_OF_THE_FLOOR = 1.25;

  private Budget() {}

  /** One verdict for each budget that applies; empty if none does. */
  static String verdict(Workload workload, Map<Contender, Summary> all) {
    Summary ours = sound(all.get(Contender.OURS));
    Summary floor = sound(all.get(Contender.FLOOR));
    Summary workerd = sound(all.get(Contender.WORKERD));
    List<String> verdicts = new ArrayList<>();
    if (ours != null && workload.connections() > 1) {
      if (workerd != null) {
        int times = timesWorkerd(workload);
        verdicts.add(
            word(ours.perSecond() >= times * workerd.perSecond(), "≥ " + times + " × workerd"));
      }
      if (floor != null) {
        verdicts.add(
            word(ours.perSecond() >= OF_THE_FLOOR * floor.perSecond(), "≥ 85 % of the floor"));
      }
    } else if (ours != null && floor != null && workload.kind() == Workload.Kind.INCREMENT) {
      verdicts.add(
          word(
              ours.p50Millis() <= MEDIAN_OF_THE_FLOOR * floor.p50Millis(),
              "p50 ≤ 1.25 × the floor"));
    }
    return String.join(", ", verdicts);
  }

  private static @Nullable Summary sound(@Nullable Summary summary) {
    return summary != null && summary.sound() ? summary : null;
  }

  private static int timesWorkerd(Workload workload) {
    return switch (workload.kind()) {
      case READ -> 12;
      case INCREMENT -> workload.objects() == 1 ? 15 : 20;
    };
  }

  private static String word(boolean met, String budget) {
    return String.format(Locale.ROOT, "%s: %s", budget, met ? "met" : "missed");
  }
}
