// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static dev.holdfast.engine.TestEngine.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.HoldfastException;
import dev.holdfast.WebSocket;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Clients that send numbered messages while commits, openings and reads fail or are late, objects
 * are reset and put to sleep, engines are replaced, and both sides close. Each message is taken
 * once, in order, or its socket ends; what a client gets is stored, comes once and in order; and
 * every socket's end is told, and takes effect at most once.
 */
final class SocketRandomFaultsTest extends EngineSuite {
  private static final int OBJECTS = 2;
  private static final int CLIENTS = 4;
  private static final int MESSAGES = 12;
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 200 : 12;

  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final Queue<Client> clients = new ConcurrentLinkedQueue<>();

  private static String name(int object) {
    return "o" + object;
  }

  private void expect(boolean condition, String violation) {
    if (!condition) {
      violations.add(violation);
    }
  }

  private void handlers() {
    test.handler(
        "accept",
        (self, request) -> {
          self.add("accepted", 1);
          return self.context().webSockets().accept(request, 0L);
        });
    test.handler("watch", (self, request) -> self.context().webSockets().accept(request, 0L, "w"));
    test.onConstruction(self -> self.context().webSockets().autoResponse("ping", "pong"));
    test.onMessage(
        (self, socket, message) -> {
          String[] parts = message.text().split(" ", 2);
          take(self, socket, parts[0], Long.parseLong(parts[1]));
        });
    test.onClose(
        (self, socket, close) -> {
          expect(
              socket.attachment(Long.class) <= self.count("last of " + socket.id()),
              socket + " has an attachment that was never stored");
          self.add("ends of " + socket.id(), 1);
        });
    test.script(
        "abort",
        self -> {
          self.context().abort("on purpose");
          return "";
        });
  }

  private void take(Scripted self, WebSocket socket, String kind, long number) throws Exception {
    if (kind.equals("late")) {
      self.context().sleep(Duration.ofMillis(3));
    }
    String key = "last of " + socket.id();
    long last = self.count(key);
    expect(last == number - 1, "%s: %d came after %d".formatted(socket, number, last));
    long attached = socket.attachment(Long.class);
    expect(attached == last, "%s: has %d attached, not %d".formatted(socket, attached, last));
    self.store().put(key, number);
    socket.attach(number);
    if (kind.equals("parted")) {
      self.context().sleep(Duration.ofMillis(3));
    }
    socket.send(String.valueOf(number));
    self.context().webSockets().withTag("w").forEach(w -> w.send(socket.id() + " " + number));
    if (kind.equals("close")) {
      socket.close(4000, "enough");
    }
  }

  /** A client's connection, as it went. */
  private record Client(String object, SocketClient socket, boolean watches) {
    List<String> got() {
      return socket.got;
    }

    /** Why it was closed; empty if it was not. */
    String close() {
      return got().stream().filter(g -> g.startsWith("close ")).findFirst().orElse("");
    }

    /** A connection drops what comes then; no object sends any. */
    List<String> behindClose() {
      return got().stream()
          .dropWhile(g -> !g.startsWith("close "))
          .skip(1)
          .filter(g -> !g.equals("pong"))
          .toList();
    }

    List<String> messages() {
      return got().stream().filter(g -> !g.startsWith("close ") && !g.equals("pong")).toList();
    }
  }

  /** A socket of an object; null if it could not be had now. */
  private @org.jspecify.annotations.Nullable Client connect(int object, String handler) {
    try {
      SocketClient socket = SocketClient.asked(test, name(object), handler);
      if (!socket.open()) {
        return null;
      }
      Client client = new Client(name(object), socket, handler.equals("watch"));
      clients.add(client);
      return client;
    } catch (HoldfastException _) {
      return null;
    }
  }

  private String live(Random random) {
    for (int round = 0; round < ROUNDS; round++) {
      Client client = connect(random.nextInt(OBJECTS), "accept");
      if (client != null) {
        converse(client, random);
      }
    }
    return "";
  }

  private void converse(Client client, Random random) {
    int closing = random.nextInt(4) == 0 ? 1 + random.nextInt(MESSAGES) : MESSAGES + 1;
    int leaving = random.nextInt(4) == 0 ? 1 + random.nextInt(MESSAGES) : MESSAGES + 1;
    for (int number = 1; number <= Math.min(MESSAGES, leaving); number++) {
      client.socket.text("ping");
      client.socket.text(kind(number == closing, random) + " " + number);
      if (random.nextInt(4) == 0) {
        int sent = number;
        until(
            "answered: " + client.got(),
            () -> client.messages().size() == sent || !client.close().isEmpty());
      }
    }
    if (leaving > MESSAGES) {
      until(
          "all answered: " + client.got(),
          () -> client.messages().size() == MESSAGES || !client.close().isEmpty());
    }
    client.socket.closes(1000, "bye");
  }

  private static String kind(boolean closing, Random random) {
    return closing
        ? "close"
        : switch (random.nextInt(6)) {
          case 0 -> "late";
          case 1 -> "parted";
          default -> "plain";
        };
  }

  /** Makes trouble until the clients are done, and lets time pass. */
  private void trouble(Random random, CompletableFuture<?> done) {
    CommitFault[] faults = CommitFault.values();
    while (!done.isDone()) {
      int dice = random.nextInt(400);
      if (dice < 6) {
        test.store().faults().failNextCommit(faults[random.nextInt(faults.length)]);
      } else if (dice < 8) {
        test.store().faults().failNextOpen();
      } else if (dice < 9) {
        test.store().faults().failNextRead();
      } else if (dice < 15) {
        test.store().gate().hold();
      } else if (dice < 17) {
        test.clock.advance(Duration.ofSeconds(11));
      } else if (dice < 20) {
        var _ = test.call(name(random.nextInt(OBJECTS)), "abort");
      } else if (dice < 21) {
        test.store().gate().release();
        test.stopEngine();
        test.renew();
      } else if (dice < 120) {
        test.store().gate().release();
      }
      test.clock.advance(Duration.ofMillis(1));
      LockSupport.parkNanos(20_000);
    }
    test.store().gate().release();
  }

  @Test
  void everyMessageIsTakenOnceInOrder_orItsSocketEnds_andEveryEndIsTold() {
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    System.out.println("SocketRandomFaultsTest: -Dholdfast.seed=" + seed);
    Random random = new Random(seed);
    handlers();
    for (int object = 0; object < OBJECTS; object++) {
      connect(object, "watch");
    }
    List<CompletableFuture<String>> lives = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Random own = new Random(random.nextLong());
      lives.add(test.worker(() -> live(own)));
    }
    trouble(random, CompletableFuture.allOf(lives.toArray(CompletableFuture[]::new)));
    lives.forEach(TestEngine::get);
    useUpFaults();
    clients.forEach(client -> client.socket.closes(1000, "bye"));
    until(
        "all ends are told, seed " + seed,
        () -> {
          test.clock.advance(Duration.ofSeconds(1));
          return test.sockets().size() == 0;
        });
    clients.forEach(this::check);
    assertThat(violations).as("seed " + seed).isEmpty();
  }

  private void check(Client client) {
    String id = client.socket.socket.id();
    long ends = count(client, "ends of " + id);
    expect(ends <= 1, "%s: %d ends".formatted(id, ends));
    if (client.watches) {
      checkWatched(client);
      return;
    }
    List<String> messages = client.messages();
    for (int i = 0; i < messages.size(); i++) {
      expect(messages.get(i).equals(String.valueOf(i + 1)), id + " has got " + client.got());
    }
    long stored = count(client, "last of " + id);
    expect(stored >= messages.size(), "%s: got %s, stored %d".formatted(id, messages, stored));
    expect(
        client.close().isEmpty() || client.behindClose().isEmpty(),
        id + " has got something behind its close: " + client.got());
    expect(
        client.close().isEmpty()
            || client.close().equals("close 4000 enough")
            || client.close().startsWith("close 1011 "),
        id + " was closed with " + client.close());
  }

  /** What it was told of each socket is stored, and came once and in order. */
  private void checkWatched(Client watcher) {
    var last = new java.util.HashMap<String, Long>();
    for (String message : watcher.messages()) {
      String[] parts = message.split(" ", 2);
      long number = Long.parseLong(parts[1]);
      long before = last.getOrDefault(parts[0], 0L);
      expect(number == before + 1, "of %s came %d behind %d".formatted(parts[0], number, before));
      last.put(parts[0], number);
    }
    last.forEach(
        (id, number) ->
            expect(count(watcher, "last of " + id) >= number, id + " was told, not stored"));
  }

  private long count(Client client, String key) {
    test.script(key, self -> String.valueOf(self.count(key)));
    return Long.parseLong(test.getAsTimePasses(test.call(client.object, key)));
  }

  /** Faults that hit nobody yet would hit the checks. */
  private void useUpFaults() {
    test.script("use up", self -> self.count("none") + "" + self.add("n", 1));
    for (int i = 0; i < 40; i++) {
      CompletableFuture<String> call = test.call("nobody" + i, "use up");
      until(
          "answered",
          () -> {
            test.clock.advance(Duration.ofMillis(20));
            return call.isDone();
          });
      var _ = get(call.handle((_, _) -> ""));
    }
  }
}
