// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** A client that writes and reads bytes, whatever they mean. */
final class RawConnection implements AutoCloseable {
  private static final int GIVE_UP_MILLIS = 30_000;

  private final Socket socket;
  private final Socket below;
  private final InputStream in;

  private RawConnection(Socket socket, Socket below) throws IOException {
    this.socket = socket;
    this.below = below;
    this.in = new BufferedInputStream(socket.getInputStream());
    socket.setSoTimeout(GIVE_UP_MILLIS);
    socket.setTcpNoDelay(true);
  }

  static RawConnection to(Gateway gateway) throws IOException {
    return to(gateway.port());
  }

  static RawConnection to(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    return new RawConnection(socket, socket);
  }

  /** With TLS in one version of it; the socket below is this one's {@link #below}. */
  static RawConnection to(Gateway gateway, SSLContext tls, String version) throws IOException {
    Socket below = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(below, "localhost", gateway.port(), true);
    socket.setEnabledProtocols(new String[] {version});
    return new RawConnection(socket, below);
  }

  /** The socket that TLS is spoken on; without TLS the same as {@link #socket}. */
  Socket below() {
    return below;
  }

  Socket socket() {
    return socket;
  }

  /** Sends text as Latin-1, so that every byte can be said. */
  RawConnection send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawConnection send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Sends a request line and header lines, with Host and the empty line. */
  RawConnection sendHead(String... lines) throws IOException {
    return send(lines[0] + "\r\nHost: h\r\n" + String.join("\r\n", skipFirst(lines)) + "\r\n");
  }

  private static List<String> skipFirst(String... lines) {
    List<String> rest = new ArrayList<>(List.of(lines).subList(1, lines.length));
    if (!rest.isEmpty()) {
      rest.add("");
    }
    return rest;
  }

  /** Reads one response to a request that was not HEAD. */
  RawResponse read() throws IOException {
    RawResponse head = readHead();
    if (head.status() < 200 || head.status() == 204 || head.status() == 304) {
      return head;
    }
    byte[] body;
    if (head.header("transfer-encoding").isPresent()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] chunk = readChunk(); chunk.length > 0; chunk = readChunk()) {
        all.write(chunk);
      }
      body = all.toByteArray();
    } else {
      body = readBytes(Integer.parseInt(head.header("content-length").orElseThrow()));
    }
    return new RawResponse(
        head.status(), head.lines(), new String(body, StandardCharsets.ISO_8859_1));
  }

  /** Reads a status line and the header lines after it. */
  RawResponse readHead() throws IOException {
    String statusLine = readLine();
    if (!statusLine.matches("HTTP/1\\.[01] [0-9]{3} .+")) {
      throw new IOException("not a status line: " + statusLine);
    }
    List<String> lines = new ArrayList<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      lines.add(line);
    }
    return new RawResponse(Integer.parseInt(statusLine.substring(9, 12)), lines, "");
  }

  /** Reads one chunk of a chunked body; the last is empty. */
  byte[] readChunk() throws IOException {
    byte[] chunk = readBytes(HexFormat.fromHexDigits(readLine()));
    if (!readLine().isEmpty()) {
      throw new IOException("a chunk does not end where it says");
    }
    return chunk;
  }

  byte[] readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("end after %d of %d bytes".formatted(bytes.length, count));
    }
    return bytes;
  }

  String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int c = in.read();
      if (c < 0) {
        throw new EOFException("end within the line: " + line);
      }
      if (c == '\n') {
        return line.toString().strip();
      }
      line.append((char) c);
    }
  }

  /** Reads what comes until the server closes or resets. */
  Ending readToEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (int c = in.read(); c >= 0; c = in.read()) {
        all.write(c);
      }
      return new Ending(all.toString(StandardCharsets.ISO_8859_1), false);
    } catch (SocketException | SSLException | EOFException e) {
      return new Ending(all.toString(StandardCharsets.ISO_8859_1), true);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** What was left to read, and whether it ended in a reset, or in TLS in anything but its end. */
  record Ending(String text, boolean reset) {}

  /** One response. */
  record RawResponse(int status, List<String> lines, String body) {
    Optional<String> header(String name) {
      return headers(name).stream().findFirst();
    }

    List<String> headers(String name) {
      String start = name + ":";
      return lines.stream()
          .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
          .map(line -> line.substring(start.length()).strip())
          .toList();
    }
  }
}
