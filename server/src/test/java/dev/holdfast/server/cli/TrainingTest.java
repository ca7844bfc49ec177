// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without a training that runs to its end there is no cache, and starts take twice as long. */
class TrainingTest {
  @Test
  void the_training_app_starts_answers_and_stops(@TempDir Path folder) throws Exception {
    Training.main(new String[] {folder.toString()});

    assertThat(folder.resolve(".holdfast/data")).isDirectory();
  }
}
