// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder is locked for as long as its holder wants. */
class FolderLockTest {
  private static final Path LOCKS = Path.of("/proc/locks");

  @TempDir Path folder;

  @Test
  void attemptOfTheSameProcess_doesNotLetOtherProcessesIn() throws IOException {
    assumeTrue(Files.isReadable(LOCKS), "the system lists locks");
    try (FolderLock held = FolderLock.of(folder)) {
      assumeTrue(isLocked(), "the system lists locks of this process");
      assertThatThrownBy(() -> FolderLock.of(folder)).hasMessageContaining("locked");
      assertThat(isLocked()).as("%s is still locked for other processes", held).isTrue();
    }
  }

  private boolean isLocked() throws IOException {
    Object inode = Files.getAttribute(folder.resolve("lock"), "unix:ino");
    return Files.readString(LOCKS).contains(":" + inode + " ");
  }
}
