// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.store.Generation;
import dev.holdfast.store.Retention;
import org.junit.jupiter.api.Test;

/** Which moments are kept, and until when. */
class RetainedMomentsTest {
  @Test
  void a_moment_is_kept_until_the_second_that_is_told_also_if_it_is_none_of_the_hours_that_are() {
    long moment = 7_200;
    Retention.Since since = new Retention.Since(0, 0, moment + 1);
    RetainedMoments moments = new RetainedMoments(Retention.DEFAULT.with(since));
    assertThat(moments.keptLongest(1, moment, moment + 1)).hasValue(moment);

    Generation end = RetainedMoments.endOf(moment);
    long until = moments.until(moment);
    assertThat(until).as("as the end of a minute").isEqualTo(moment + 86_400);
    assertThat(moments.isKept(end, until)).isTrue();
    assertThat(moments.isKept(end, until + 1)).isFalse();
  }
}
