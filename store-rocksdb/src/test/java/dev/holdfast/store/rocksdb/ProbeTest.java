// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that try out the same folder take each other's probes away, and go on. */
class ProbeTest {
  @TempDir Path folder;

  @Test
  void a_probe_that_another_took_for_one_that_was_left_is_made_anew() throws Exception {
    List<Path> made = new ArrayList<>();
    UserPrincipal owner =
        Probe.file(
            folder,
            probe -> {
              made.add(probe);
              if (made.size() == 1) {
                Probe.removeLeft(folder);
              }
              return Files.getOwner(probe);
            });
    assertThat(owner).isEqualTo(Files.getOwner(folder));
    assertThat(made).hasSize(2);
    assertThat(Folders.names(folder)).isEmpty();
  }

  @Test
  void what_else_is_missing_is_told_of() {
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> Probe.folder(folder, _ -> Files.getOwner(none)))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Probe.folder(none, Files::getOwner))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(Folders.names(folder)).isEmpty();
  }
}
