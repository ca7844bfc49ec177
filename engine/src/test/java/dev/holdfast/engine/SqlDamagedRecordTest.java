// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.StorageException;
import dev.holdfast.engine.sql.page.Head;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an object keeps about its database and cannot be read is told as what it is. */
class SqlDamagedRecordTest extends SqlSuite {
  private static final byte[] GOOD = new Head(1, 2, 3, 4096, 5).encode();
  private static final int PAGES_AT = 17;
  private static final int PAGE_BYTES_AT = 21;

  private static final List<byte[]> DAMAGED =
      List.of(
          new byte[0],
          Arrays.copyOf(GOOD, GOOD.length - 1),
          Arrays.copyOf(GOOD, GOOD.length + 1),
          with(0, 2),
          with(PAGES_AT, -1),
          with(PAGE_BYTES_AT, -1),
          with(PAGE_BYTES_AT, 1),
          with(PAGE_BYTES_AT + 3, 1));

  private static byte[] with(int place, int value) {
    byte[] damaged = GOOD.clone();
    damaged[place] = (byte) value;
    return damaged;
  }

  private @Nullable DamagedStore store;

  /** A store whose records of databases are damaged. */
  private static final class DamagedStore extends LateStore {
    private volatile byte @Nullable [] head;

    DamagedStore(ObjectStore store) {
      super(store);
    }

    @Override
    public byte @Nullable [] get(ObjectRef object, EntryKey key, View view) {
      byte[] damaged = head;
      return damaged != null && key.equals(Head.KEY) ? damaged : super.get(object, key, view);
    }
  }

  @BeforeEach
  void aDatabase() {
    sql(sql -> sql.exec("CREATE TABLE t(v); INSERT INTO t VALUES (1)"));
    test.stopEngine();
    store = new DamagedStore(test.store());
    test.renewOver(store);
  }

  private void damage(byte @Nullable [] head) {
    if (store != null) {
      store.head = head;
    }
  }

  private static void isTold(Throwable failure) {
    assertThat(failure)
        .asInstanceOf(InstanceOfAssertFactories.type(StorageException.class))
        .returns(false, StorageException::retryable)
        .extracting(Throwable::getMessage, InstanceOfAssertFactories.STRING)
        .contains("/a: what it keeps about its SQL database cannot be read")
        .contains("restore the object to an earlier moment, or restore a backup");
  }

  @Test
  void ofTheDatabaseAsItIs() {
    for (byte[] damaged : DAMAGED) {
      damage(damaged);
      isTold(failing(self -> self.database().query("SELECT v FROM t").one(Long.class)));
      isTold(failing(self -> self.database().migrate("CREATE TABLE u(v)")));
    }
    damage(null);
    sql(sql -> assertThat(number(sql, "SELECT v FROM t")).isEqualTo(1));
  }

  @Test
  void ofAPastMoment_andTheObjectIsWell() {
    event(
        self -> {
          self.memory = 7;
          self.database().exec("UPDATE t SET v = 2");
          self.store().sync();
          var then = self.store().history().view(self.store().history().current());
          for (byte[] damaged : DAMAGED) {
            damage(damaged);
            try {
              then.query("SELECT v FROM t").one(Long.class);
              throw new AssertionError("it was read");
            } catch (StorageException e) {
              isTold(e);
            } finally {
              damage(null);
            }
          }
          assertThat(then.query("SELECT v FROM t").one(Long.class)).isEqualTo(2);
        });
    event(self -> assertThat(self.memory).isEqualTo(7));
    assertThat(get(test.call("a", "event"))).isEmpty();
  }
}
