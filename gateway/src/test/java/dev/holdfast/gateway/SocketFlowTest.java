// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static dev.holdfast.gateway.Waiting.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.WebSocketClose;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.gateway.FrameClient.Received;
import dev.holdfast.gateway.tls.TlsFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sockets whose object, or whose client, is slow, silent or gone, and clients that send a flood.
 */
@ParameterizedClass(name = "TLS {0}")
@ValueSource(booleans = {false, true})
class SocketFlowTest {
  private static final int FINAL = 0x80;
  private static final String BIG = "x".repeat(100 << 10);

  private static TestCertificate certificate;
  private static TlsFiles files;

  @Parameter boolean tls;

  private final Room room = new Room();
  private GatewayOptions options;
  private Gateway gateway;

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    certificate = TestCertificate.create(folder, "first", "EC");
    files = new TlsFiles(folder.resolve("chain.pem"), folder.resolve("key.pem"));
    certificate.writeTo(files);
  }

  @BeforeEach
  void start() {
    GatewayOptions plain = GatewayOptions.defaults().withPort(0);
    options = tls ? plain.withTls(files) : plain;
    gateway = Gateway.start(options, room);
  }

  private FrameClient open(String... lines) throws Exception {
    RawConnection connection =
        tls
            ? RawConnection.to(gateway, certificate.trusting(), "TLSv1.3")
            : RawConnection.to(gateway);
    return FrameClient.over(connection, lines);
  }

  /** A client whose socket is open: until then what waits for it has a bound of its own. */
  private FrameClient opened() throws Exception {
    FrameClient client = open();
    client.text("x");
    assertThat(readAnswer(client).text()).isEqualTo("x");
    return client;
  }

  @AfterEach
  void stop() {
    gateway.close();
    await().until(() -> gateway.connections() == 0);
  }

  private void restart(GatewayOptions with) {
    gateway.close();
    gateway = Gateway.start(with, room);
  }

  private void restart(GatewayTimeouts timeouts) {
    restart(options.withTimeouts(timeouts));
  }

  private static GatewayTimeouts pings(int millis) {
    return GatewayTimeouts.defaults().withSocketPing(Duration.ofMillis(millis));
  }

  /** The next frame that is not a ping. */
  private static Received readAnswer(FrameClient client) throws IOException {
    Received frame = client.read();
    while (frame.opcode() == FrameClient.PING) {
      frame = client.read();
    }
    return frame;
  }

  /** A client that says nothing, from its connection until it is lost. */
  private void loseSilentClient() throws Exception {
    try (FrameClient silent = open()) {
      silent.connection.readToEnd();
    }
  }

  @Test
  void slowObject_getsAllMessages_oneByOne() throws Exception {
    restart(options.withLimits(GatewayLimits.defaults().withSocketSendBytes(100 << 20)));
    room.slowDown();
    try (FrameClient client = open()) {
      Thread sending =
          Thread.startVirtualThread(
              () -> {
                try {
                  for (int i = 0; i < 200; i++) {
                    client.text(i + BIG);
                  }
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      await().until(() -> room.begun() == 1);
      assertThat(client.read().text()).startsWith("0x");
      room.speedUp();
      for (int i = 1; i < 200; i++) {
        assertThat(client.read().text()).startsWith(i + "x");
      }
      sending.join();
    }
  }

  @Test
  void slowObject_getsWhatItsClientSentBeforeItEndedItsStream() throws Exception {
    room.slowDown();
    try (FrameClient client = open()) {
      for (int i = 0; i < 6; i++) {
        client.text(i + BIG);
      }
      client.close(4000, "done");
      client.connection.socket().shutdownOutput();
      await().until(() -> room.begun() == 1);
      room.speedUp();
      await().until(() -> !room.closes.isEmpty());
    }
    assertThat(room.begins).containsExactly("0xx", "1xx", "2xx", "3xx", "4xx", "5xx");
    assertThat(room.closes).containsExactly(new WebSocketClose(4000, "done", true));
  }

  @Test
  void clientThatIsNotRead_isNotTakenForSilent() throws Exception {
    restart(pings(300));
    room.slowDown();
    try (FrameClient client = open()) {
      for (int i = 0; i < 6; i++) {
        client.text(i + BIG);
      }
      await().until(() -> room.begun() == 1);
      loseSilentClient();
      room.speedUp();
      for (int i = 0; i < 6; i++) {
        assertThat(readAnswer(client).text()).startsWith(i + "x");
      }
    }
  }

  @Test
  void clientWhoseFrameComesSlowly_isNotTakenForSilent() throws Exception {
    restart(pings(300));
    try (FrameClient clock = open();
        FrameClient client = open()) {
      client.connection.send(new byte[] {(byte) 0x81, (byte) 0x83, 0, 0, 0, 0});
      for (byte letter : "abc".getBytes(UTF_8)) {
        assertThat(clock.read().opcode()).isEqualTo(FrameClient.PING);
        clock.frame(FINAL | FrameClient.PONG, new byte[0]);
        client.connection.send(new byte[] {letter});
      }
      assertThat(readAnswer(client).text()).isEqualTo("abc");
    }
  }

  @Test
  void clientThatVanished_isLostWithoutAnEndOfItsStream() throws Exception {
    restart(pings(50));
    loseSilentClient();
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).extracting(WebSocketClose::code).containsExactly(1006);
  }

  @Test
  void floodOfPings_isAnsweredWithAsManyPongsAsTheClientTakes_theLastAboveAll() throws Exception {
    int pings = 400_000;
    try (FrameClient other = open();
        FrameClient client = open()) {
      byte[] ping = new byte[6 + 125];
      ping[0] = (byte) (FINAL | FrameClient.PING);
      ping[1] = (byte) (0x80 | 125);
      byte[] batch = new byte[ping.length * 1_000];
      for (int at = 0; at < batch.length; at += ping.length) {
        System.arraycopy(ping, 0, batch, at, ping.length);
      }
      for (int i = 0; i < pings; i += 1_000) {
        client.connection.send(batch);
      }
      client.frame(FINAL | FrameClient.PING, new byte[] {'!'});
      int pongs = 0;
      Received pong = client.read();
      while (pong.payload().length != 1) {
        pongs++;
        pong = client.read();
      }
      assertThat(pong.opcode()).isEqualTo(FrameClient.PONG);
      assertThat(pongs).isLessThan(pings);
      assertThat(other.text("x").read().text()).isEqualTo("x");
    }
  }

  @Test
  void floodOfEmptyMessages_toASlowObject_isTakenAsItTakesThem() throws Exception {
    restart(options.withLimits(GatewayLimits.defaults().withSocketSendBytes(100 << 20)));
    room.slowDown();
    try (FrameClient other = open();
        FrameClient client = open()) {
      byte[] empty = {(byte) (FINAL | FrameClient.TEXT), (byte) 0x80, 0, 0, 0, 0};
      byte[] many = new byte[empty.length * 20_000];
      for (int at = 0; at < many.length; at += empty.length) {
        System.arraycopy(empty, 0, many, at, empty.length);
      }
      client.connection.send(many);
      await().until(() -> room.begun() == 1);
      room.speedUp();
      for (int i = 0; i < 20_000; i++) {
        assertThat(client.read().payload()).isEmpty();
      }
      assertThat(other.text("x").read().text()).isEqualTo("x");
    }
  }

  @Test
  void flood_toAnObjectThatTakesItSlowly_waitsAtTheClient() throws Exception {
    int bytes = 20_000;
    int messages = 2_500;
    AtomicLong sent = new AtomicLong();
    try (FrameClient client = open()) {
      byte[] message = new byte[bytes];
      Thread sending =
          Thread.startVirtualThread(
              () -> {
                try {
                  for (int i = 0; i < messages; i++) {
                    client.binary(message);
                    sent.addAndGet(bytes);
                  }
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      for (int i = 0; i < messages; i++) {
        assertThat(client.read().payload()).hasSize(bytes);
        // What the kernel holds for the two ends, and some.
        assertThat(sent.get() - (long) i * bytes).isLessThan(32 << 20);
      }
      sending.join();
    }
  }

  @Test
  void closeBehindMuchThatWaits_givesItsClientTheTimeToReadThat() throws Exception {
    restart(
        options
            .withTimeouts(pings(300))
            .withLimits(GatewayLimits.defaults().withSocketSendBytes(100 << 20)));
    try (FrameClient reader = opened();
        FrameClient deaf = open()) {
      await().until(() -> room.sockets.size() == 2);
      Socket toReader = room.sockets.getFirst();
      // More than the kernel holds for the two ends.
      for (int i = 0; i < 1_000; i++) {
        toReader.send(Frame.of(new byte[50_000]));
      }
      toReader.close(1000, "bye");
      room.sockets.getLast().close(1000, "bye");
      // Its time has passed, and that of the other has not begun.
      deaf.connection.readToEnd();
      for (int i = 0; i < 1_000; i++) {
        assertThat(readAnswer(reader).payload()).hasSize(50_000);
      }
      assertThat(readAnswer(reader).closing()).isEqualTo("1000 bye");
      reader.close(1000, "bye");
      reader.connection.readToEnd();
    }
    await().until(() -> room.closes.size() == 2);
    assertThat(room.closes)
        .extracting(WebSocketClose::clean)
        .containsExactlyInAnyOrder(true, false);
  }

  @Test
  void clientsThatTakeLittle_areBoundedEachForItself_whateverOthersLetWait() throws Exception {
    int messages = 300;
    restart(options.withLimits(GatewayLimits.defaults().withSocketSendBytes(16 << 20)));
    List<FrameClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        clients.add(opened());
      }
      // Together more than one of them may let wait.
      Frame message = Frame.of(new byte[50_000]);
      for (Socket socket : room.sockets) {
        for (int i = 0; i < messages; i++) {
          socket.send(message);
        }
      }
      for (FrameClient client : clients) {
        for (int i = 0; i < messages; i++) {
          assertThat(client.read().payload()).hasSize(50_000);
        }
        assertThat(client.text("x").read().text()).isEqualTo("x");
      }
    } finally {
      for (FrameClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void clientThatTakesNoByteForLong_isLost_andItsObjectIsToldWhy() throws Exception {
    restart(
        options
            .withTimeouts(GatewayTimeouts.defaults().withSend(Duration.ofMillis(200)))
            .withLimits(GatewayLimits.defaults().withSocketSendBytes(100 << 20)));
    try (FrameClient client = open()) {
      client.text("x").read();
      room.sockets.getFirst().send(Frame.of(new byte[50_000_000])); // the kernel holds less
      await().until(() -> !room.closes.isEmpty());
      assertThat(client.connection.readToEnd().reset()).isTrue();
    }
    assertThat(room.closes)
        .containsExactly(
            new WebSocketClose(
                1006,
                "the client took no byte of what was sent within 200 ms (limits.send-ms)",
                false));
  }

  @Test
  void closeBehindMuchThatWaits_isNotPutOffByAClientThatTakesALittleNowAndThen() throws Exception {
    restart(
        options
            .withTimeouts(pings(200).withSend(Duration.ofSeconds(1)))
            .withLimits(GatewayLimits.defaults().withSocketSendBytes(100 << 20)));
    try (FrameClient client = opened();
        FrameClient clock = open()) {
      for (int i = 0; i < 1_000; i++) {
        room.sockets.getFirst().send(Frame.of(new byte[50_000]));
      }
      room.sockets.getFirst().close(1000, "bye");
      int taken = 0;
      while (room.closes.isEmpty() && takes(client, 1_000_000)) {
        taken++;
        assertThat(clock.read().opcode()).isEqualTo(FrameClient.PING);
        clock.frame(FINAL | FrameClient.PONG, new byte[0]);
      }
      assertThat(taken).isLessThan(50);
      await().until(() -> !room.closes.isEmpty());
      assertThat(room.closes).containsExactly(new WebSocketClose(1000, "bye", false));
    }
  }

  private static boolean takes(FrameClient client, int bytes) {
    try {
      return client.connection.readBytes(bytes).length == bytes;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void messageToMany_comesToEach_packedOrNot() throws Exception {
    int members = 60;
    List<FrameClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < members; i++) {
        clients.add(i % 2 == 0 ? open() : open("Sec-WebSocket-Extensions: permessage-deflate"));
      }
      await().until(() -> room.sockets.size() == members);
      for (int i = 0; i < 50; i++) {
        Frame message = Frame.of(i + "x".repeat(1_000));
        room.sockets.forEach(socket -> socket.send(message));
      }
      for (int member = 0; member < members; member++) {
        for (int i = 0; i < 50; i++) {
          Received frame = clients.get(member).read();
          if (member % 2 == 0) {
            assertThat(frame.text()).isEqualTo(i + "x".repeat(1_000));
          } else {
            assertThat(frame.first()).isEqualTo(FINAL | 0x40 | FrameClient.TEXT);
            assertThat(new Deflate().unpack(frame.payload(), 2_000))
                .asString(UTF_8)
                .isEqualTo(i + "x".repeat(1_000));
          }
        }
      }
    } finally {
      for (FrameClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void stop_waitsForTheAnswersOfClients() throws Exception {
    try (FrameClient client = open()) {
      client.text("x").read();
      Thread stopping = Thread.startVirtualThread(gateway::close);
      assertThat(client.read().closing()).isEqualTo("1001 the node is stopping; connect again");
      client.close(1001, "");
      client.connection.readToEnd();
      client.connection.close();
      stopping.join();
    }
    assertThat(room.closes).containsExactly(new WebSocketClose(1001, "", true));
  }

  @Test
  void stop_isNotHeldUpByClientsThatTakeNothing() throws Exception {
    restart(
        options
            .withTimeouts(
                GatewayTimeouts.defaults()
                    .withDrain(Duration.ofMillis(100))
                    .withSend(Duration.ofHours(1)))
            .withLimits(GatewayLimits.defaults().withSocketSendBytes(100 << 20)));
    try (FrameClient client = opened()) {
      for (int i = 0; i < 1_000; i++) {
        room.sockets.getFirst().send(Frame.of(new byte[50_000]));
      }
      gateway.close();
      client.connection.readToEnd();
    }
    await().until(() -> !room.closes.isEmpty());
    assertThat(room.closes).extracting(WebSocketClose::clean).containsExactly(false);
  }
}
