// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.benchmarks.contest.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The load generator does not wait without end for a server that opens too few sockets. */
class CrowdTest {
  private static final byte[] OPENED_AND_PING = frames("HTTP/1.1 101 Opened\r\n\r\n", 0x89, 0);
  private static final int PONG_BYTES = 6;

  private final MockTicker clock = Ticker.newMockTicker();
  private final Transport transport =
      new Transport(new ClockedLoop(clock), NioServerSocketChannel.class, NioSocketChannel.class);

  @AfterEach
  void end() {
    var _ = transport.loop().shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void aServerThatOpensOneOfTwoSockets_isNamedWithBothNumbersAtTheLimit() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Crowd crowd = new Crowd(transport, server.getLocalPort(), "r", 1, 2);
      CompletableFuture<Crowd> opening =
          CompletableFuture.completedFuture(crowd).thenComposeAsync(Crowd::open, transport.loop());
      try (Socket first = server.accept();
          Socket second = server.accept()) {
        open(first);
        advance(Crowd.OPEN_SECONDS - 1);
        assertThat(opening).isNotDone();
        advance(1);
        assertThat(opening).isCompletedExceptionally();
        assertThatThrownBy(opening::join)
            .hasCauseInstanceOf(WrongDelivery.class)
            .hasMessageContaining(
                "1 of 2 sockets were opened within %d s".formatted(Crowd.OPEN_SECONDS));
        readToItsEnd(second);
      }
    }
  }

  /** Returns when the client knows that its socket is open: only then does it answer a ping. */
  private static void open(Socket socket) throws IOException {
    socket.getOutputStream().write(OPENED_AND_PING);
    BufferedReader request =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    while (!request.readLine().isEmpty()) {
      // The head of the request.
    }
    assertThat(request.skip(PONG_BYTES)).isEqualTo(PONG_BYTES);
  }

  /** Returns when all that is due then has been done, which is done in the order of its time. */
  private void advance(int seconds) {
    clock.advance(seconds, TimeUnit.SECONDS);
    EventLoop loop = transport.loop().next();
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          var _ = loop.schedule(() -> done.complete(null), 0, TimeUnit.SECONDS);
        });
    done.join();
  }

  /** Returns when the client has closed the socket. */
  private static void readToItsEnd(Socket socket) throws IOException {
    var _ = socket.getInputStream().readAllBytes();
  }

  private static byte[] frames(String answer, int... frame) {
    StringBuilder bytes = new StringBuilder(answer);
    for (int b : frame) {
      bytes.append((char) b);
    }
    return bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** One event loop whose time is that of a clock of the test. */
  private static final class ClockedLoop extends MultiThreadIoEventLoopGroup {
    ClockedLoop(Ticker clock) {
      super(1, (Executor) null, NioIoHandler.newFactory(), clock);
    }

    @Override
    protected IoEventLoop newChild(
        Executor executor, IoHandlerFactory handlers, Object... arguments) {
      return new SingleThreadIoEventLoop(this, executor, handlers) {
        @Override
        public Ticker ticker() {
          return (Ticker) arguments[0];
        }
      };
    }
  }
}
