// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectId;
import dev.holdfast.engine.sql.page.ScratchFolder;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.engine.state.StateLimits;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlRuntimeTest {
  @TempDir Path folder;

  @Test
  void afterItsEnd_itTakesTheFolderFromNobody() throws IOException {
    SqlRuntime runtime =
        new SqlRuntime(SqlOptions.DEFAULT.withScratch(folder), StateLimits.DEFAULT);
    runtime.close();

    runtime.forget(ObjectId.of(new byte[ObjectId.BYTES], null));
    assertThatThrownBy(runtime::folder).hasMessageContaining("the engine has ended");

    try (ScratchFolder next = ScratchFolder.open(folder, ScratchLimits.DEFAULT, 1)) {
      assertThat(next).isNotNull();
    }
  }
}
