// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static dev.holdfast.gateway.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.gateway.tls.TlsFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * So many messages to the sockets of one event loop that they leave it in many rounds, and sockets
 * are flushed before all is written.
 */
@ParameterizedClass(name = "TLS {0}")
@ValueSource(booleans = {false, true})
class SocketOutboxTest {
  private static final int MEMBERS = 3;

  /** To each member; all together are more than two times what is written before a flush. */
  private static final int MESSAGES = 12_000;

  private static TestCertificate certificate;
  private static TlsFiles files;

  @Parameter boolean tls;

  private final Room room = new Room();
  private final List<FrameClient> clients = new ArrayList<>();
  private Gateway gateway;
  private LeakWatch leaks;

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    certificate = TestCertificate.create(folder, "first", "EC");
    files = new TlsFiles(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    certificate.writeTo(files);
  }

  @BeforeEach
  void start() throws Exception {
    GatewayOptions plain =
        GatewayOptions.defaults()
            .withPort(0)
            .withEventLoops(1)
            .withLimits(GatewayLimits.defaults().withSocketSendBytes(100 << 20));
    gateway = Gateway.start(tls ? plain.withTls(files) : plain, this::answer);
    leaks = new LeakWatch(gateway);
    for (int i = 0; i < MEMBERS; i++) {
      clients.add(FrameClient.over(connect()));
    }
    await().until(() -> room.sockets.size() == MEMBERS);
  }

  private Response answer(Request request) {
    return request.url().path().equals("/room") ? room.fetch(request) : Response.text("x");
  }

  private RawConnection connect() throws Exception {
    return tls
        ? RawConnection.to(gateway, certificate.trusting(), "TLSv1.3")
        : RawConnection.to(gateway);
  }

  @AfterEach
  void stop() throws Exception {
    for (FrameClient client : clients) {
      client.close();
    }
    leaks.close();
    gateway.close();
    await().until(() -> gateway.connections() == 0);
  }

  /** Runs an action while the event loop is held up, so that all that is sent is sent at once. */
  private void whileNothingIsWritten(Action action) throws Exception {
    int begun = room.begins.size();
    synchronized (room) { // the event loop waits for it, with a message of this client
      clients.getFirst().text("!");
      await().until(() -> room.begins.size() > begun);
      action.run();
    }
    assertThat(clients.getFirst().read().text()).isEqualTo("!");
  }

  private interface Action {
    void run() throws Exception;
  }

  private static Frame message(int number) {
    return Room.text(number + ":" + "x".repeat(number % 1_000));
  }

  private static void assertComes(FrameClient to, int first, int end) throws Exception {
    for (int i = first; i < end; i++) {
      assertThat(to.read().text()).isEqualTo(i + ":" + "x".repeat(i % 1_000));
    }
  }

  private static void send(Socket to, int first, int end) {
    for (int i = first; i < end; i++) {
      to.send(message(i));
    }
  }

  private void sendToAll(int first, int end) {
    for (int i = first; i < end; i++) {
      Frame message = message(i);
      room.sockets.forEach(socket -> socket.send(message));
    }
  }

  @Test
  void messagesToAll_comeToEach_allAndInOrder() throws Exception {
    whileNothingIsWritten(() -> sendToAll(0, MESSAGES));
    for (FrameClient client : clients) {
      assertComes(client, 0, MESSAGES);
    }
  }

  @Test
  void messagesThatAreSentWhileOthersAreWritten_comeBehindThem() throws Exception {
    int before = MESSAGES / 2;
    List<Thread> senders = new ArrayList<>();
    whileNothingIsWritten(
        () -> {
          sendToAll(0, before);
          for (Socket socket : room.sockets) {
            senders.add(Thread.startVirtualThread(() -> send(socket, before, MESSAGES)));
          }
        });
    for (FrameClient client : clients) {
      assertComes(client, 0, MESSAGES);
    }
    for (Thread sender : senders) {
      sender.join();
    }
  }

  @Test
  void closeInTheMiddle_comesBehindWhatWasSentBefore_andOthersGetAll() throws Exception {
    int middle = MESSAGES / 2;
    whileNothingIsWritten(
        () -> {
          sendToAll(0, middle);
          room.sockets.get(1).close(1000, "half");
          sendToAll(middle, MESSAGES);
        });
    assertComes(clients.get(1), 0, middle);
    assertThat(clients.get(1).read().closing()).isEqualTo("1000 half");
    clients.get(1).close(1000, "half");
    assertThat(clients.get(1).connection.readToEnd().text()).isEmpty();
    assertComes(clients.get(0), 0, MESSAGES);
    assertComes(clients.get(2), 0, MESSAGES);
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).containsExactly(new WebSocketClose(1000, "half", true));
  }

  @Test
  void clientThatIsGoneInTheMiddle_takesNothingFromTheOthers_andNothingIsLeft() throws Exception {
    whileNothingIsWritten(
        () -> {
          sendToAll(0, MESSAGES / 2);
          clients.get(1).connection.below().setSoLinger(true, 0);
          clients.get(1).connection.below().close();
          sendToAll(MESSAGES / 2, MESSAGES);
        });
    assertComes(clients.get(0), 0, MESSAGES);
    assertComes(clients.get(2), 0, MESSAGES);
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).extracting(WebSocketClose::code).containsExactly(1006);
    for (FrameClient client : clients) {
      client.close();
    }
    leaks.assertNothingLeft("a client was gone");
  }

  @Test
  void clientThatStopsReadingInTheMiddle_holdsUpNobody_andGetsAllOnceItReads() throws Exception {
    FrameClient slow = clients.get(1);
    whileNothingIsWritten(() -> sendToAll(0, MESSAGES));
    assertComes(slow, 0, 100);
    assertComes(clients.get(0), 0, MESSAGES);
    assertComes(clients.get(2), 0, MESSAGES);
    whileNothingIsWritten(() -> sendToAll(MESSAGES, 2 * MESSAGES));
    assertComes(clients.get(0), MESSAGES, 2 * MESSAGES);
    assertComes(clients.get(2), MESSAGES, 2 * MESSAGES);
    assertComes(slow, 100, 2 * MESSAGES);
  }
}
