// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.call.IdAuthority;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.server.Node;
import dev.holdfast.server.NodeOptions;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.rocksdb.RocksStore;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of {@code holdfast object}, while a node runs and while none does. */
@ParameterizedClass(name = "while a node runs: {0}")
@ValueSource(booleans = {true, false})
abstract class ObjectCommandSuite {
  static final String NAMESPACE = "Vault";

  /** A namespace for which no class is registered. */
  static final String GONE = "Gone";

  static final JsonMapper JSON = JsonMapper.shared();

  @Parameter boolean online;

  @TempDir Path folder;

  private @Nullable Node node;

  /** What a command has told. */
  record Told(int status, String out, String err) {
    Told ok() {
      assertThat(err).isEmpty();
      assertThat(status).isZero();
      return this;
    }

    Told failed(int expected, String... parts) {
      assertThat(err).contains(parts).doesNotContain("defect");
      assertThat(status).as(err).isEqualTo(expected);
      return this;
    }

    List<JsonNode> json() {
      return ok().out.lines().map(JSON::readTree).toList();
    }
  }

  Path data() {
    return folder.resolve("data");
  }

  /** The objects, of a node that runs. */
  ObjectNamespace<Vault> vaults() {
    Node running = node;
    if (running == null) {
      running =
          Node.start(
              NodeOptions.over(data()),
              List.of(new ObjectClass<>(NAMESPACE, Vault.class, VaultObject::new)),
              null);
      node = running;
    }
    return running.objects(Vault.class);
  }

  Vault vault(String name) {
    return vaults().getByName(name);
  }

  @AfterEach
  void stop() {
    Node running = node;
    node = null;
    if (running != null) {
      running.close();
    }
  }

  /** Runs a command, while a node runs or not. */
  Told object(String... args) {
    return object(new CommandRun(), args);
  }

  /** The same with a run that has been made ready. */
  Told object(CommandRun run, String... args) {
    if (online) {
      ObjectNamespace<Vault> _ = vaults();
    } else {
      stop();
    }
    List<String> all = new ArrayList<>(List.of("object"));
    all.addAll(List.of(args));
    all.add("--data=" + data());
    return told(run, all.toArray(String[]::new));
  }

  static Told run(String... args) {
    return told(new CommandRun(), args);
  }

  private static Told told(CommandRun run, String... args) {
    int status = run.execute(args);
    return new Told(status, run.out.toString(), run.err.toString());
  }

  /** Something that is done again and again, while a node runs, until this is closed. */
  final class Meanwhile implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Void> done;

    /**
     * @param each is told how often it was done, from 1
     */
    Meanwhile(LongConsumer each) {
      this.done =
          CompletableFuture.runAsync(
              () -> {
                for (long i = 1; online && !over.get(); i++) {
                  each.accept(i);
                }
              });
    }

    @Override
    public void close() {
      over.set(true);
      done.join();
    }
  }

  // ---------------------------------------------------------------- objects with a past

  /** Writes objects into a store over which nothing runs, at any time. */
  final class Past implements AutoCloseable {
    private final RocksStore store;
    private final Codec codec = new Codec();

    Past() {
      this(RocksStoreOptions.defaults());
    }

    Past(RocksStoreOptions options) {
      this.store = RocksStore.open(data(), options);
    }

    /** Removes what the rule does not keep. */
    void prune() {
      while (!store.prune(1_000).passCompleted()) {
        // On to its end.
      }
    }

    ObjectRef ref(String namespace, String name) {
      return new ObjectRef(
          namespace,
          new IdAuthority(namespace, store.namespaceSecret(namespace), new SecureRandom())
              .fromName(name));
    }

    /** Makes many objects at once. */
    void make(String namespace, List<String> names) {
      List<Commit> commits = new ArrayList<>();
      for (String name : names) {
        OpenedObject opened = store.open(ref(namespace, name), name);
        commits.add(
            Commit.of(
                opened.opening(),
                1,
                opened.generation().advancedTo(now()),
                List.of(new Change(EntryKey.user("n"), codec.encode(1L)))));
      }
      store.commit(new CommitGroup(commits));
      commits.forEach(commit -> store.release(commit.opening()));
    }

    void put(ObjectRef object, long second, String key, @Nullable Object value) {
      put(object, second, EntryKey.user(key), value == null ? null : codec.encode(value));
    }

    void put(ObjectRef object, long second, EntryKey key, byte @Nullable [] value) {
      OpenedObject opened = store.open(object, object.id().name().orElse(null));
      CompletableFuture<Object> done = new CompletableFuture<>();
      store.submit(
          CommitGroup.of(
              Commit.of(
                  opened.opening(),
                  opened.seq() + 1,
                  opened.generation().advancedTo(second),
                  List.of(new Change(key, value)))),
          failure -> {
            if (failure == null) {
              done.complete("");
            } else {
              done.completeExceptionally(failure);
            }
          });
      Object _ = done.join();
      store.release(opened.opening());
    }

    @Override
    public void close() {
      store.close();
    }
  }

  static long now() {
    return Instant.now().getEpochSecond();
  }

  /** What {@code show --json} tells of the values of numbers. */
  SequencedMap<String, Long> numbers(String namespace, String name, String... more) {
    List<String> args = new ArrayList<>(List.of("show", namespace, name, "--json"));
    args.addAll(List.of(more));
    SequencedMap<String, Long> numbers = new LinkedHashMap<>();
    for (JsonNode line : object(args.toArray(String[]::new)).json()) {
      if (line.get("kind").asString().equals("user")) {
        numbers.put(line.get("key").asString(), line.get("value").asLong());
      }
    }
    return numbers;
  }

  static List<String> names(Told told) {
    return told.json().stream().map(line -> line.get("name").asString()).toList();
  }
}
