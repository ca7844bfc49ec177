// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A client of a WebSocket that asks TLS for new keys with each message that it sends. A process of
 * its own, since how often a client does that is a setting of all of them.
 */
final class KeyUpdatingClient {
  private static final byte[] TEXT = {(byte) 0x81, (byte) 0x81, 0, 0, 0, 0, 'x'};
  private static final byte[] PONG = {(byte) 0x8a, (byte) 0x80, 0, 0, 0, 0};

  private KeyUpdatingClient() {}

  /**
   * Runs one until it ends.
   *
   * @param trusted has the certificate of the server
   * @param how the other arguments of {@link #main}
   * @return what it said last
   */
  static String run(String trusted, int port, String... how) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-Djavax.net.ssl.trustStore=" + trusted,
                    "-Djavax.net.ssl.trustStorePassword=" + TestCertificate.PASSWORD,
                    "-cp",
                    System.getProperty("java.class.path"),
                    KeyUpdatingClient.class.getName(),
                    String.valueOf(port)),
                Stream.of(how))
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said.strip();
  }

  /**
   * Says whether it was served.
   *
   * @param args the port; whether it reads what it gets; how many messages it sends
   */
  public static void main(String[] args) throws Exception {
    Security.setProperty(
        "jdk.tls.keyLimits", "AES/GCM/NoPadding KeyUpdate 1, ChaCha20-Poly1305 KeyUpdate 1");
    boolean reads = Boolean.parseBoolean(args[1]);
    try (Socket below = new Socket()) {
      below.setReceiveBufferSize(4_096);
      below.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
      below.setTcpNoDelay(true);
      SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
      SSLSocket socket = (SSLSocket) factory.createSocket(below, "localhost", 1, true);
      open(socket);
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        socket.getOutputStream().write(reads ? TEXT : PONG);
        if (reads && socket.getInputStream().readNBytes(3).length < 3) {
          throw new IOException("the connection has ended");
        }
      }
      System.out.println("served");
    } catch (IOException e) {
      System.out.println("lost: " + e);
    }
  }

  private static void open(SSLSocket socket) throws IOException {
    String head =
        """
        GET /room HTTP/1.1\r
        Host: h\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        \r
        """;
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no answer but: " + answer);
      }
      answer.append((char) next);
    }
  }
}
