// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectId;
import dev.holdfast.ObjectOverloadedException;
import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.engine.sql.page.ScratchFolder;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.store.ObjectRef;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
  void database_that_cannot_be_closed_in_order_holds_up_nobody(@TempDir Path folder)
      throws SQLException, IOException {
    try (ScratchFolder scratch = ScratchFolder.open(folder, ScratchLimits.DEFAULT, 1)) {
      open.takePlace(cart, false);
      open.takePlace(cart, false);
      Database database =
          Database.open(scratch.create(cart.id()), SqlLimits.DEFAULT, 64 << 20, true);
      OpenDatabases.Lease lease = open.opened(cart.id(), database, null);
      database.enter(0);
      database.leaveReading(
          () -> {
            throw new InternalError("for the test");
          });
      lease.rest(new Head(1, 1, 1, Database.PAGE_BYTES, 0));

      open.takePlace(cart, false);
      assertThat(lease.take()).isNull();
      noPlace();
      open.freePlace();
      open.takePlace(cart, false);
    }
  }
}
