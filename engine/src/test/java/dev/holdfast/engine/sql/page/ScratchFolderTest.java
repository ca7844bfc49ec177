// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file has one user at a time, also when its user outlives the folder's. */
class ScratchFolderTest {
  private static final ScratchLimits ALL_MARKED = new ScratchLimits(1L << 30, 0);
  private static final ObjectId ID = ObjectId.of(new byte[ObjectId.BYTES], null);
  private static final Head HEAD = new Head(1, 2, 1, 4096, 0);
  private static final Head NEXT = new Head(2, 3, 1, 4096, 0);

  @TempDir Path root;

  private ScratchFolder open() throws IOException {
    return ScratchFolder.open(root, ALL_MARKED, 1);
  }

  /** A file with the content of a commit, that later processes find. */
  private static ScratchFile marked(ScratchFolder folder, Head head) throws IOException {
    ScratchFile file = folder.create(ID);
    Files.write(file.path(), new byte[4096]);
    file.keep(head);
    folder.rest(ID, head);
    return file;
  }

  private static ScratchFile found(ScratchFolder folder, Head head) {
    return Objects.requireNonNull(folder.find(ID, head), "the file is found");
  }

  @Test
  void markedFile_isFoundByTheNext() throws IOException {
    try (ScratchFolder folder = open()) {
      marked(folder, HEAD);
    }
    try (ScratchFolder next = open()) {
      assertThat(found(next, HEAD).path()).exists();
    }
  }

  @Test
  void fileThatIsStillInUse_isNotFoundByTheNext() throws IOException {
    try (ScratchFolder folder = open()) {
      marked(folder, HEAD);
      assertThat(found(folder, HEAD).path()).exists();
    }
    try (ScratchFolder next = open()) {
      assertThat(next.find(ID, HEAD)).isNull();
    }
  }

  @Test
  void whoeverIsLate_touchesNothingOfTheNext() throws IOException {
    ScratchFolder folder = open();
    marked(folder, HEAD);
    ScratchFile late = found(folder, HEAD);
    ScratchFile latePast = folder.createPast();
    folder.close();
    try (ScratchFolder next = open()) {
      Path kept = marked(next, NEXT).path();

      late.changes();
      assertThatThrownBy(() -> late.keep(NEXT)).hasMessageContaining("the engine ended");
      late.discard();
      latePast.discard();
      folder.rest(ID, NEXT);
      folder.discard(ID, NEXT);
      folder.forget(ID);
      assertThat(folder.find(ID, NEXT)).isNull();
      assertThatThrownBy(() -> folder.create(ID)).hasMessageContaining("its engine ended");
      assertThatThrownBy(folder::createPast).hasMessageContaining("its engine ended");
      folder.close();

      assertThatThrownBy(this::open).hasMessageContaining("locked");
      assertThat(found(next, NEXT).path()).isEqualTo(kept).exists();
    }
  }

  @Test
  void nameOfAFileThatIsInUseStill_isNotGivenAgain() throws IOException {
    ScratchFolder folder = open();
    Path late = folder.create(ID).path();
    folder.close();
    try (ScratchFolder next = open()) {
      assertThat(next.create(ID).path()).isNotEqualTo(late);
    }
  }
}
