// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.DurableObject;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectUnavailableException;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Retention;
import dev.holdfast.store.memory.InMemoryData;
import dev.holdfast.store.memory.InMemoryStore;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stays when the class behind a namespace, or the namespace, gets another name or goes. */
@SuppressWarnings("SameNameButDifferent") // as in two versions of one app
class NamespaceLifeTest {
  private final InMemoryData data = new InMemoryData();
  private InMemoryStore store = open();

  private InMemoryStore open() {
    return new InMemoryStore(InstantSource.system(), Retention.DEFAULT, data);
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Runs with those classes, as one start of a node, and stops again. */
  private <T> T run(Function<Engine, T> body, ObjectClass<?>... classes) {
    store.close();
    store = open();
    try (Engine engine = Engine.start(EngineOptions.defaults(), store, List.of(classes))) {
      return body.apply(engine);
    }
  }

  // The first version of an app, in which things have their first names.
  static final class First {
    interface Accounts {
      long deposit(long amount);

      String state();
    }

    sealed interface Event permits Opened, Deposited {}

    record Opened(String by) implements Event {}

    record Deposited(long amount) implements Event {}

    record Profile(String name, int age) {}

    static final class AccountObject extends DurableObject implements Accounts {
      AccountObject(ObjectContext ctx) {
        super(ctx);
      }

      @Override
      public long deposit(long amount) {
        long sum = storage().get("sum", Long.class).orElse(0L) + amount;
        storage().put("sum", sum);
        storage().put("profile", new Profile("Ada", 36));
        storage().put("first", new Opened("Ada"));
        storage().put("last", new Deposited(amount));
        sql().exec("CREATE TABLE IF NOT EXISTS t(v INTEGER)");
        sql().exec("INSERT INTO t VALUES (?)", amount);
        return sum;
      }

      @Override
      public String state() {
        return storage().get("sum", Long.class)
            + " "
            + storage().get("profile", Profile.class)
            + " "
            + storage().get("last", Event.class);
      }
    }
  }

  // The next one: another class behind another interface, records by other names.
  static final class Second {
    interface Ledgers {
      String whole();

      String first();
    }

    sealed interface Entry permits Begun, Deposited {}

    record Begun(String by) implements Entry {}

    record Deposited(long amount) implements Entry {}

    record Person(String name, int age) {}

    static final class LedgerObject extends DurableObject implements Ledgers {
      LedgerObject(ObjectContext ctx) {
        super(ctx);
      }

      @Override
      public String whole() {
        return storage().get("sum", Long.class).orElseThrow()
            + " "
            + storage().get("profile", Person.class).orElseThrow()
            + " "
            + storage().get("last", Entry.class).orElseThrow()
            + " "
            + sql().query("SELECT sum(v) FROM t").one(Long.class);
      }

      @Override
      public String first() {
        return storage().get("first", Entry.class).orElseThrow().toString();
      }
    }
  }

  private static final ObjectClass<First.Accounts> ACCOUNTS =
      new ObjectClass<>("Account", First.Accounts.class, First.AccountObject::new);
  private static final ObjectClass<Second.Ledgers> SAME_NAMESPACE =
      new ObjectClass<>("Account", Second.Ledgers.class, Second.LedgerObject::new);
  private static final ObjectClass<Second.Ledgers> RENAMED =
      new ObjectClass<>("Ledger", Second.Ledgers.class, Second.LedgerObject::new)
          .renamedFrom("Account");

  private static long deposit(Engine engine, long amount) {
    return engine.objects(First.Accounts.class).getByName("a").deposit(amount);
  }

  /** What an account has after one more deposit of 1. */
  private void assertSum(long expected, ObjectClass<?> accounts) {
    long sum = run(engine -> deposit(engine, 1), accounts);
    assertThat(sum).isEqualTo(expected);
  }

  private static String whole(Engine engine) {
    return engine.objects(Second.Ledgers.class).getByName("a").whole();
  }

  // ---------------------------------------------------------------- the class

  @Test
  void classOfAnotherName_hasTheData_recordsByStructure_andIdsStayGood() {
    ObjectId id =
        run(
            engine -> {
              deposit(engine, 7);
              return engine.objects(First.Accounts.class).idFromName("a");
            },
            ACCOUNTS);

    String found =
        run(
            engine -> {
              ObjectNamespace<Second.Ledgers> ledgers = engine.objects(Second.Ledgers.class);
              assertThat(ledgers.idFromName("a")).isEqualTo(id);
              assertThat(ledgers.get(id).whole()).isEqualTo(whole(engine));
              return whole(engine);
            },
            SAME_NAMESPACE);
    assertThat(found).isEqualTo("7 Person[name=Ada, age=36] Deposited[amount=7] 7");
  }

  @Test
  void sealedSubclassOfAnotherSimpleName_isToldSo_andNothingIsLost() {
    run(engine -> deposit(engine, 7), ACCOUNTS);

    run(
        engine -> {
          Second.Ledgers ledger = engine.objects(Second.Ledgers.class).getByName("a");
          assertThatThrownBy(ledger::first)
              .hasMessageContaining("'Opened' is no permitted subclass of")
              .hasMessageContaining("[Begun, Deposited]")
              .hasMessageContaining("simple name");
          assertThat(ledger.whole()).startsWith("7 ");
          return 0;
        },
        SAME_NAMESPACE);
    String state =
        run(engine -> engine.objects(First.Accounts.class).getByName("a").state(), ACCOUNTS);
    assertThat(state).contains("Deposited[amount=7]");
  }

  // ---------------------------------------------------------------- the namespace

  @Test
  void renamedNamespace_hasTheData_atEachStart() {
    ObjectId id =
        run(
            engine -> {
              deposit(engine, 7);
              return engine.objects(First.Accounts.class).idFromName("a");
            },
            ACCOUNTS);

    for (int start = 0; start < 3; start++) {
      run(
          engine -> {
            assertThat(whole(engine)).startsWith("7 ");
            ObjectNamespace<Second.Ledgers> ledgers = engine.objects(Second.Ledgers.class);
            assertThat(ledgers.get(id).whole()).isEqualTo(whole(engine));
            assertThat(ledgers.list(KeyRange.all())).hasSize(1);
            return 0;
          },
          RENAMED);
    }
    assertThat(store.directory().namespaces()).containsExactly("Ledger");
  }

  @Test
  void renamedNamespaceWithoutAnythingBefore_isANewOne() {
    run(
        engine -> {
          assertThat(engine.objects(Second.Ledgers.class).list(KeyRange.all())).isEmpty();
          return 0;
        },
        RENAMED);
  }

  @Test
  void renamedNamespace_takesItsDataOverLast_soThatAStartThatIsCutOffChangesNothing() {
    run(engine -> deposit(engine, 7), ACCOUNTS);
    ObjectId id = run(engine -> engine.objects(First.Accounts.class).idFromName("a"), ACCOUNTS);
    SocketTable sockets = new SocketTable(NodeClock.system(), SocketLimits.DEFAULT);

    try (Engine cutOff =
        Engine.prepare(EngineOptions.defaults(), store, sockets, List.of(RENAMED))) {
      ObjectNamespace<Second.Ledgers> ledgers = cutOff.objects(Second.Ledgers.class);
      assertThat(ledgers.idFromName("a")).isEqualTo(id);
      assertThatThrownBy(() -> whole(cutOff))
          .isInstanceOf(ObjectUnavailableException.class)
          .hasMessageContaining("Ledger/a: the node is starting");
      assertThatThrownBy(() -> ledgers.list(KeyRange.all()))
          .isInstanceOf(ObjectUnavailableException.class)
          .hasMessageContaining("namespace Ledger: the node is starting");
      assertSum(8, ACCOUNTS);
    }

    try (Engine engine =
        Engine.prepare(EngineOptions.defaults(), store, sockets, List.of(RENAMED))) {
      ObjectNamespace<Second.Ledgers> ledgers = engine.objects(Second.Ledgers.class);
      Second.Ledgers ledger = ledgers.getByName("a");
      engine.begin();
      assertThat(ledger.whole()).startsWith("8 ");
      assertThat(ledgers.list(KeyRange.all())).hasSize(1);
    }
    assertThat(store.directory().namespaces()).containsExactly("Ledger");
  }

  @Test
  void oneOfTwoThatCannotBeRenamed_leavesBothAsTheyWere() {
    ObjectClass<First.Accounts> pots =
        new ObjectClass<>("Pot", First.Accounts.class, First.AccountObject::new);
    ObjectClass<Second.Ledgers> pans =
        new ObjectClass<>("Pan", Second.Ledgers.class, Second.LedgerObject::new).renamedFrom("Pot");
    run(engine -> deposit(engine, 7), ACCOUNTS);
    run(engine -> deposit(engine, 9), pots);
    ObjectId id = run(engine -> engine.objects(First.Accounts.class).idFromName("a"), pots);
    OpenedObject held = store.open(new ObjectRef("Pot", id), null);

    assertThatThrownBy(
            () -> Engine.start(EngineOptions.defaults(), store, List.of(RENAMED, pans)).close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("namespace Pot cannot be renamed to Pan: Pot/")
        .hasMessageContaining("is open");
    store.release(held.opening());
    assertSum(8, ACCOUNTS);
    assertSum(10, pots);
  }

  @Test
  void whereBothHaveObjects_theStartIsRefused_andBothAreAsTheyWere() {
    ObjectClass<First.Accounts> ledgers =
        new ObjectClass<>("Ledger", First.Accounts.class, First.AccountObject::new);
    run(engine -> deposit(engine, 7), ACCOUNTS);
    run(engine -> deposit(engine, 9), ledgers);

    assertThatThrownBy(() -> run(engine -> 0, RENAMED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("namespace Account cannot be renamed to Ledger: both have objects");
    assertSum(8, ACCOUNTS);
    assertSum(10, ledgers);
  }

  @Test
  void namesThatCross_areRefused() {
    run(engine -> deposit(engine, 7), ACCOUNTS);

    assertThatThrownBy(() -> run(engine -> 0, ACCOUNTS, RENAMED))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it is renamed from Account, which namespace Account is or was too");
    ObjectClass<First.Accounts> alsoRenamed =
        new ObjectClass<>("Other", First.Accounts.class, First.AccountObject::new)
            .renamedFrom("Account");
    assertThatThrownBy(() -> run(engine -> 0, RENAMED, alsoRenamed))
        .hasMessageContaining("which namespace Other is or was too");
    assertSum(8, ACCOUNTS);
  }

  // ---------------------------------------------------------------- without a class

  private static final ObjectClass<Second.Ledgers> OTHERS =
      new ObjectClass<>("Other", Second.Ledgers.class, Second.LedgerObject::new);

  @Test
  void namespaceWhoseClassIsGone_refusesCalls_andKeepsItsData() {
    run(engine -> deposit(engine, 7), ACCOUNTS);

    run(
        engine -> {
          assertThatThrownBy(() -> engine.objects("Account", First.Accounts.class))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("namespace Account has objects and no class")
              .hasMessageContaining("their data is kept")
              .hasMessageContaining("there are: Other (");
          assertThatThrownBy(() -> engine.objects(First.Accounts.class))
              .hasMessageContaining("with objects, but no class: Account");
          return 0;
        },
        OTHERS);
    assertSum(8, ACCOUNTS);
  }

  @Test
  void namespaceThatNeverWas_isToldApart() {
    run(engine -> deposit(engine, 7), ACCOUNTS);

    run(
        engine -> {
          assertThatThrownBy(() -> engine.objects("Nothing", First.Accounts.class))
              .hasMessageStartingWith("there is no namespace Nothing; there are: Account (");
          return 0;
        },
        ACCOUNTS);
  }
}
