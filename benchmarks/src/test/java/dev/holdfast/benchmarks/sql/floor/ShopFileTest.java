// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.floor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** The floor keeps what it promises, else it would be no measure. */
class ShopFileTest {
  @TempDir private Path folder;

  private ShopFile open() throws SQLException {
    return new ShopFile(folder.resolve("shop.db"), 1_000, SynchronousMode.FULL);
  }

  @Test
  void updatesCountOnce_andAreThereAfterItWasOpenedAgain() throws SQLException {
    try (ShopFile shop = open()) {
      assertThat(shop.update(1)).isEqualTo(1);
      assertThat(shop.update(1)).isEqualTo(1);
      assertThat(shop.update(1_000)).isEqualTo(1);
      assertThat(shop.update(1_001)).isZero();
      assertThat(shop.read(1)).isEqualTo(2);
    }
    try (ShopFile shop = open()) {
      assertThat(shop.read(1)).isEqualTo(2);
      assertThat(shop.read(2)).isZero();
      assertThat(shop.total()).isEqualTo(3);
    }
  }
}
