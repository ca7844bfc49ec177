// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Headers;
import dev.holdfast.ObjectId;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.Worker;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.engine.socket.SocketEvents;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.engine.socket.SocketUpgrade;
import dev.holdfast.gateway.ReferenceFrames.End;
import dev.holdfast.store.ObjectRef;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Throws frames at sockets, right ones and damaged ones, whole and cut up, packed and not. Whatever
 * comes, the object gets the messages that a strict reader reads, the client gets well-formed
 * frames and its messages back, and nothing is left behind.
 */
class FrameFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 20_000 : 40;
  private static final long SEED = Mutation.seed();
  private static final int FINAL = 0x80;
  private static final int PACKED = 0x40;

  /** Notes what each socket gets, by the path of its request, and sends it back. */
  private static final class Echo implements Worker, SocketEvents {
    private final SocketTable table = new SocketTable(NodeClock.system(), SocketLimits.DEFAULT);
    private final Map<Socket, String> paths = new ConcurrentHashMap<>();
    final Map<String, List<String>> got = new ConcurrentHashMap<>();
    final Map<String, CompletableFuture<WebSocketClose>> ends = new ConcurrentHashMap<>();
    private final ObjectRef object =
        new ObjectRef("Echo", ObjectId.of(new byte[ObjectId.BYTES], "echo"));

    Echo() {
      table.attach(Map.of("Echo", this));
    }

    @Override
    public Response fetch(Request request) {
      if (request.header("Upgrade").isEmpty()) {
        return Response.text("");
      }
      Socket socket = table.hold(object, this).propose(Set.of(), null);
      if (socket == null) {
        throw new IllegalStateException("too many sockets");
      }
      paths.put(socket, request.url().path());
      got.put(request.url().path(), new CopyOnWriteArrayList<>());
      ends.put(request.url().path(), new CompletableFuture<>());
      socket.accepted();
      return new Response(101, Headers.empty(), new SocketUpgrade(socket));
    }

    /** How a socket has ended, of which the object is told soon after its connection is over. */
    WebSocketClose end(String path, String note) throws Exception {
      try {
        return Objects.requireNonNull(ends.get(path)).get(10, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new AssertionError("the object is not told of the end; " + note, e);
      }
    }

    @Override
    public void message(Socket socket, WebSocketMessage message) {
      List<String> messages = got.getOrDefault(paths.get(socket), List.of());
      switch (message) {
        case WebSocketMessage.Text(String text) -> {
          messages.add(ReferenceFrames.text(text));
          socket.send(Room.text(text));
        }
        case WebSocketMessage.Binary(byte[] bytes) -> {
          messages.add(ReferenceFrames.binary(bytes));
          socket.send(new Frame(false, bytes));
        }
      }
      socket.inbox().taken();
    }

    @Override
    public void closed(Socket socket, WebSocketClose close) {
      String path = Objects.requireNonNull(paths.remove(socket));
      socket.inbox().taken();
      Objects.requireNonNull(ends.get(path)).complete(close);
    }
  }

  @Test
  void sockets_outlive_garbage_and_understand_the_rest() throws Exception {
    Mutation mutation = new Mutation(new Random(SEED));
    Echo echo = new Echo();
    try (Gateway gateway = Gateway.start(GatewayOptions.defaults().withPort(0), echo);
        LeakWatch watch = new LeakWatch(gateway)) {
      for (int round = 0; round < ROUNDS; round++) {
        boolean deflate = mutation.random().nextBoolean();
        byte[] sent = frames(mutation, deflate);
        String note =
            "seed %d, round %d, %s: %s"
                .formatted(
                    SEED, round, deflate ? "deflate" : "plain", HexFormat.of().formatHex(sent));
        ReferenceFrames.Result reference = ReferenceFrames.of(sent, deflate);
        for (int cuts : new int[] {0, 40}) {
          String path = "/" + round + "/" + cuts;
          byte[] answer = exchange(gateway, mutation, path, sent, cuts, deflate);
          WebSocketClose end = echo.end(path, note);
          String all = note + "\n" + reference + "\ncuts " + cuts + "\n" + end;
          check(end, echo.got.get(path), reference, answer, deflate, all);
        }
      }
      watch.assertNothingLeft("seed " + SEED);
      assertThat(echo.table.size()).as("seed %d", SEED).isZero();
    }
  }

  private static void check(
      WebSocketClose end,
      @Nullable List<String> got,
      ReferenceFrames.Result reference,
      byte[] answer,
      boolean deflate,
      String note) {
    assertThat(got).as(note).isEqualTo(reference.messages());
    List<String> back = new ArrayList<>();
    List<String> pongs = new ArrayList<>();
    boolean closed = read(answer, deflate, back, pongs, note);
    assertThat(end.clean()).as(note).isEqualTo(reference.end() == End.CLOSED);
    switch (reference.end()) {
      case CLOSED -> assertThat(closed).as(note).isTrue();
      case BROKEN -> assertThat(end.code()).as(note).isIn(1002, 1007, 1009);
      case OPEN -> assertThat(end.code()).as(note).isEqualTo(1006);
    }
    assertThat(reference.messages().subList(0, back.size())).as(note).isEqualTo(back);
  }

  /** Reads what the server sent; whether it ends with a close. */
  private static boolean read(
      byte[] answer, boolean deflate, List<String> messages, List<String> pongs, String note) {
    // What a server sends is what a client sends but for the mask: so it is masked with zeros.
    ByteArrayOutputStream masked = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.wrap(answer);
    boolean closed = false;
    while (in.hasRemaining()) {
      assertThat(closed).as("nothing comes behind a close; %s", note).isFalse();
      if (in.remaining() < 2) {
        break;
      }
      byte first = in.get();
      int length = in.get() & 0xff;
      assertThat(length & 0x80).as("a server does not mask; %s", note).isZero();
      int more = length == 126 ? 2 : length == 127 ? 8 : 0;
      if (in.remaining() < more) {
        break;
      }
      byte[] extended = new byte[more];
      in.get(extended);
      int bytes =
          switch (more) {
            case 2 -> ByteBuffer.wrap(extended).getShort() & 0xffff;
            case 8 -> Math.toIntExact(ByteBuffer.wrap(extended).getLong());
            default -> length;
          };
      if (in.remaining() < bytes) {
        break;
      }
      byte[] payload = new byte[bytes];
      in.get(payload);
      closed = (first & 0x0f) == FrameClient.CLOSE;
      if ((first & 0x0f) == FrameClient.PONG) {
        pongs.add(HexFormat.of().formatHex(payload));
      }
      masked.write(first);
      masked.write(length | 0x80);
      masked.writeBytes(extended);
      masked.writeBytes(new byte[4]);
      masked.writeBytes(payload);
    }
    ReferenceFrames.Result read = ReferenceFrames.of(masked.toByteArray(), deflate);
    assertThat(read.end()).as(note).isEqualTo(closed ? End.CLOSED : End.OPEN);
    messages.addAll(read.messages());
    return closed;
  }

  /** What the server answers until it closes. A client that has no more to say ends its stream. */
  private static byte[] exchange(
      Gateway gateway, Mutation mutation, String path, byte[] sent, int cuts, boolean deflate)
      throws Exception {
    try (RawConnection connection = RawConnection.to(gateway)) {
      connection.sendHead(
          "GET " + path + " HTTP/1.1",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          deflate ? "Sec-WebSocket-Extensions: permessage-deflate" : "X: y");
      RawConnection.RawResponse head = connection.readHead();
      assertThat(head.status()).isEqualTo(101);
      assertThat(head.header("Sec-WebSocket-Extensions").isPresent()).isEqualTo(deflate);
      mutation.sendCut(connection, sent, cuts);
      return connection.readToEnd().text().getBytes(ISO_8859_1);
    }
  }

  // ---------------------------------------------------------------- what is sent

  private static byte[] frames(Mutation mutation, boolean deflate) {
    Random random = mutation.random();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = random.nextInt(5); i >= 0; i--) {
      boolean text = random.nextBoolean();
      byte[] message = text ? text(random).getBytes(UTF_8) : bytes(random);
      boolean packed = deflate && random.nextBoolean();
      message(all, random, text ? FrameClient.TEXT : FrameClient.BINARY, message, packed);
    }
    if (random.nextInt(3) == 0) {
      byte[] reason = "\u0003\u00e8bye".getBytes(ISO_8859_1);
      frame(all, random, FINAL | FrameClient.CLOSE, random.nextBoolean() ? reason : new byte[0]);
    }
    byte[] sent = all.toByteArray();
    List<byte[]> pieces =
        List.of(
            new byte[] {(byte) 0x81, (byte) 0xff, 0x7f, -1, -1, -1, -1, -1, -1, -1},
            new byte[] {(byte) 0x81, (byte) 0xfe, 0, 1},
            new byte[] {(byte) 0x88, (byte) 0x81, 0, 0, 0, 0, 3},
            new byte[] {(byte) 0xd8, (byte) 0x85, 0, 0},
            new byte[] {(byte) 0xc9},
            new byte[] {(byte) 0xc1, (byte) 0x80, 0, 0, 0, 0},
            new byte[] {(byte) 0x80, (byte) 0x80, 0, 0, 0, 0},
            new byte[] {1, (byte) 0x80, 0, 0, 0, 0},
            new byte[8]);
    for (int i = random.nextInt(6); i > 2; i--) {
      sent = mutation.damaged(sent, pieces);
    }
    return sent;
  }

  private static void message(
      ByteArrayOutputStream out, Random random, int opcode, byte[] plain, boolean packed) {
    byte[] message = packed ? deflated(plain) : plain;
    int first = opcode | (packed ? PACKED : 0);
    int from = 0;
    while (random.nextInt(3) == 0) {
      int to = from + random.nextInt(message.length - from + 1);
      frame(out, random, first, Arrays.copyOfRange(message, from, to));
      if (random.nextInt(3) == 0) {
        int control = random.nextBoolean() ? FrameClient.PING : FrameClient.PONG;
        frame(out, random, FINAL | control, new byte[random.nextInt(126)]);
      }
      first = FrameClient.CONTINUATION;
      from = to;
    }
    frame(out, random, FINAL | first, Arrays.copyOfRange(message, from, message.length));
  }

  private static void frame(ByteArrayOutputStream out, Random random, int first, byte[] payload) {
    ByteBuffer head = ByteBuffer.allocate(14).put((byte) first);
    if (payload.length < 126) {
      head.put((byte) (0x80 | payload.length));
    } else if (payload.length < 1 << 16) {
      head.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      head.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] mask = new byte[4];
    random.nextBytes(mask);
    head.put(mask);
    out.write(head.array(), 0, head.position());
    for (int i = 0; i < payload.length; i++) {
      out.write(payload[i] ^ mask[i % 4]);
    }
  }

  private static byte[] deflated(byte[] plain) {
    Deflater deflater = new Deflater(6, true);
    deflater.setInput(plain);
    byte[] packed = new byte[plain.length + 1_000];
    int length = deflater.deflate(packed, 0, packed.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(packed, length - 4);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = length(random); i > 0; i--) {
      text.appendCodePoint(random.nextInt(4) == 0 ? 0x1f600 + random.nextInt(64) : 'a' + i % 26);
    }
    return text.toString();
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[length(random)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static int length(Random random) {
    return switch (random.nextInt(24)) {
      case 0, 1, 2 -> 0;
      case 3, 4, 5 -> 100 + random.nextInt(60);
      case 6 -> 65_500 + random.nextInt(100);
      default -> random.nextInt(40);
    };
  }
}
