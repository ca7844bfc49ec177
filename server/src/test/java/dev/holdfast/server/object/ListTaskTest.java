// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.call.IdAuthority;
import dev.holdfast.server.control.ControlRequest;
import dev.holdfast.server.control.StoreAlone;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A list of very many objects is told while it is read, and so not held in memory. */
class ListTaskTest {
  private static final String NAMESPACE = "Thing";

  @TempDir private Path data;
  private RocksStore store;

  @BeforeEach
  void openStore() {
    store = RocksStore.open(data, RocksStoreOptions.defaults());
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private void make(List<String> names) {
    IdAuthority ids =
        new IdAuthority(NAMESPACE, store.namespaceSecret(NAMESPACE), new SecureRandom());
    List<Commit> commits = new ArrayList<>();
    for (String name : names) {
      OpenedObject opened = store.open(new ObjectRef(NAMESPACE, ids.fromName(name)), name);
      commits.add(
          Commit.of(
              opened.opening(),
              1,
              opened.generation(),
              List.of(new Change(EntryKey.user("n"), new byte[] {1}))));
    }
    store.commit(new CommitGroup(commits));
    commits.forEach(commit -> store.release(commit.opening()));
  }

  @Test
  void objects_are_told_before_all_are_read() throws Exception {
    make(IntStream.range(0, 3_000).mapToObj("n%04d"::formatted).toList());
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            if (told.size() == 0) {
              make(List.of("z"));
            }
            told.write(bytes, offset, length);
          }
        };

    new ListTask()
        .perform(
            new StoreAlone(data, store),
            ControlRequest.of("object-list")
                .with(Arguments.NAMESPACE, NAMESPACE)
                .with(Arguments.PREFIX, "")
                .with(Arguments.LIMIT, "1000000")
                .with(Arguments.JSON, "true"),
            out);

    List<String> lines = told.toString(UTF_8).lines().toList();
    assertThat(lines).hasSize(3_001);
    assertThat(lines.getLast()).as("made when the first were told").contains("\"z\"");
  }
}
