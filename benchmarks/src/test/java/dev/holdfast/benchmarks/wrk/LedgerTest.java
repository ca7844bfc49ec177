// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.wrk;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.benchmarks.contest.Contender;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A server whose data does not hold what it had answered is found out. */
class LedgerTest {
  private static final Requests REQUESTS = new Requests(64, "any.lua", List.of());
  private final Ledger ledger = new Ledger();

  private static Load load(long responses, long refused) {
    return new Load(
        responses, Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO, refused, 0, Duration.ZERO);
  }

  @Test
  void whatWasAnsweredMustBeThere_andWhatWasCutOffMay() {
    ledger.add(REQUESTS, load(1_000, 0));
    ledger.add(REQUESTS, load(500, 0));
    for (long sum : new long[] {1_500, 1_628}) {
      assertThatCode(() -> ledger.check(sum, "in", Contender.OURS)).doesNotThrowAnyException();
    }
    for (long sum : new long[] {1_499, 1_629}) {
      assertThatThrownBy(() -> ledger.check(sum, "in", Contender.OURS))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("1,500 writes were answered");
    }
  }

  @Test
  void whatWasAnsweredWithAnError_mayBeThere() {
    ledger.add(REQUESTS, load(1_000, 3));
    assertThatCode(() -> ledger.check(997, "in", Contender.OURS)).doesNotThrowAnyException();
    assertThatCode(() -> ledger.check(1_064, "in", Contender.OURS)).doesNotThrowAnyException();
    assertThatThrownBy(() -> ledger.check(996, "in", Contender.OURS))
        .isInstanceOf(IllegalStateException.class);
  }
}
