// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectId;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.store.ObjectRef;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Places for open databases, which turns hold and do not give back. */
final class OpenDatabasesTest {
  private final OpenDatabases open = new OpenDatabases(2, 1L << 30, Duration.ofMillis(1));
  private final ObjectRef cart = new ObjectRef("Cart", ObjectId.of(new byte[32], "a"));

  private void noPlace() {
    assertThatThrownBy(() -> open.takePlace(cart, false))
        .isInstanceOf(ObjectOverloadedException.class)
        .hasMessageContaining("Cart/a: its SQL database cannot be opened")
        .hasMessageContaining("all 2 that may be open (limits.sql-open-databases)");
  }

  @Test
  void whoever_waits_too_long_is_told_so_and_later_ones_get_what_falls_free() {
    open.takePlace(cart, false);
    open.takePlace(cart, false);
    noPlace();
    noPlace();
    open.freePlace();
    open.takePlace(cart, false);
    noPlace();
  }

  @Test
  void places_beyond_the_limit_are_not_given_to_others() {
    open.takePlace(cart, false);
    open.takePlace(cart, false);
    open.takePlace(cart, true);
    open.freePlace();
    noPlace();
    open.freePlace();
    open.takePlace(cart, false);
    noPlace();
  }
}
