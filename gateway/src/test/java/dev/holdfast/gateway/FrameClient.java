// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.gateway.RawConnection.RawResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A client of a WebSocket that says frames as it likes, right ones and wrong ones. */
final class FrameClient implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;

  final RawConnection connection;
  final RawResponse response;

  private FrameClient(RawConnection connection, RawResponse response) {
    this.connection = connection;
    this.response = response;
  }

  /**
   * A frame as it came.
   *
   * @param first its first byte: flags and opcode
   */
  @SuppressWarnings("ArrayRecordComponent") // read, never compared
  record Received(int first, byte[] payload) {
    int opcode() {
      return first & 0x0f;
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /** The code and the reason of a close frame. */
    String closing() {
      return ByteBuffer.wrap(payload).getShort()
          + " "
          + new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }
  }

  /** Opens a socket, with more lines in the head of its request. */
  static FrameClient to(Gateway gateway, String... lines) throws IOException {
    return over(RawConnection.to(gateway), lines);
  }

  /** Opens a socket on a connection. */
  static FrameClient over(RawConnection connection, String... lines) throws IOException {
    RawResponse response = ask(connection, lines);
    assertThat(response.status()).isEqualTo(101);
    return new FrameClient(connection, response);
  }

  /** Asks for a socket; the key and its answer are those of RFC 6455 section 1.3. */
  static RawResponse ask(RawConnection connection, String... lines) throws IOException {
    StringBuilder head = new StringBuilder("GET /room HTTP/1.1\r\nHost: h\r\n");
    head.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    head.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    for (String line : lines) {
      head.append(line).append("\r\n");
    }
    return connection.send(head.append("\r\n").toString()).readHead();
  }

  FrameClient text(String text) throws IOException {
    return frame(FINAL | TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  FrameClient binary(byte[] bytes) throws IOException {
    return frame(FINAL | BINARY, bytes);
  }

  FrameClient close(int code, String reason) throws IOException {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    return frame(
        FINAL | CLOSE,
        ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
  }

  /** Sends a frame, masked. */
  FrameClient frame(int first, byte[] payload) throws IOException {
    ByteBuffer frame = head(first, MASKED, payload.length);
    byte[] mask = {1, 2, 3, 4};
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i % 4]));
    }
    return send(frame);
  }

  /** Sends a frame without a mask, which a client must not. */
  FrameClient unmasked(int first, byte[] payload) throws IOException {
    return send(head(first, 0, payload.length).put(payload));
  }

  private static ByteBuffer head(int first, int masked, int length) {
    ByteBuffer frame = ByteBuffer.allocate(length + 14).put((byte) first);
    if (length < 126) {
      frame.put((byte) (masked | length));
    } else if (length < 1 << 16) {
      frame.put((byte) (masked | 126)).putShort((short) length);
    } else {
      frame.put((byte) (masked | 127)).putLong(length);
    }
    return frame;
  }

  private FrameClient send(ByteBuffer frame) throws IOException {
    byte[] bytes = new byte[frame.flip().remaining()];
    frame.get(bytes);
    connection.send(bytes);
    return this;
  }

  Received read() throws IOException {
    int first = connection.readBytes(1)[0] & 0xff;
    int length = connection.readBytes(1)[0] & 0xff;
    assertThat(length & MASKED).as("a server does not mask").isZero();
    long bytes =
        switch (length) {
          case 126 -> ByteBuffer.wrap(connection.readBytes(2)).getShort() & 0xffff;
          case 127 -> ByteBuffer.wrap(connection.readBytes(8)).getLong();
          default -> length;
        };
    return new Received(first, connection.readBytes(Math.toIntExact(bytes)));
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
