// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads what a client sends as RFC 6455 and RFC 7692 have it, up to the first fault or the end. */
final class ReferenceFrames {
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** How what was sent ends. */
  enum End {
    CLOSED,
    BROKEN,
    OPEN
  }

  /** The messages, as {@link #text} and {@link #binary} say them, the pings, and the end. */
  record Result(List<String> messages, List<String> pings, End end) {}

  private final ByteBuffer in;
  private final boolean deflate;
  private final List<String> messages = new ArrayList<>();
  private final List<String> pings = new ArrayList<>();
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private int opcode;
  private boolean packed;

  private static final class Broken extends Exception {
    Broken(String what) {
      super(what);
    }
  }

  private ReferenceFrames(byte[] sent, boolean deflate) {
    this.in = ByteBuffer.wrap(sent);
    this.deflate = deflate;
  }

  static Result of(byte[] sent, boolean deflate) {
    ReferenceFrames reader = new ReferenceFrames(sent, deflate);
    End end;
    try {
      end = reader.read();
    } catch (Broken e) {
      end = End.BROKEN;
    }
    return new Result(reader.messages, reader.pings, end);
  }

  static String text(String text) {
    return "text " + text;
  }

  static String binary(byte[] bytes) {
    return "binary " + HexFormat.of().formatHex(bytes);
  }

  private End read() throws Broken {
    while (in.remaining() >= 2) {
      int first = in.get() & 0xff;
      int second = in.get() & 0xff;
      checkHead(first, second);
      long length = second & 0x7f;
      if (in.remaining() < (length == 126 ? 2 : length == 127 ? 8 : 0)) {
        return End.OPEN;
      }
      if (length == 126) {
        length = in.getShort() & 0xffff;
        check(length > 125, "a longer length than needed");
      } else if (length == 127) {
        length = in.getLong();
        check(length > 0xffff, "a longer length than needed, or a negative one");
      }
      check(length <= MAX_MESSAGE_BYTES, "too large");
      if (in.remaining() < 4 + length) {
        return End.OPEN;
      }
      byte[] mask = new byte[4];
      in.get(mask);
      byte[] payload = new byte[(int) length];
      in.get(payload);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      if (frame(first, payload)) {
        return End.CLOSED;
      }
    }
    if (in.hasRemaining()) {
      checkReserved(in.get());
    }
    return End.OPEN;
  }

  private void checkHead(int first, int second) throws Broken {
    int code = first & 0x0f;
    check((second & 0x80) != 0, "not masked");
    checkReserved(first);
    check(code <= 2 || (code >= 8 && code <= 10), "unknown opcode");
    check(code < 8 || ((first & 0x80) != 0 && (second & 0x7f) < 126), "a control frame");
    check(code >= 8 || (code == 0) == (opcode != 0), "continuation");
  }

  private void checkReserved(int first) throws Broken {
    int code = first & 0x0f;
    check((first & 0x30) == 0, "reserved bits");
    check((first & 0x40) == 0 || (deflate && (code == 1 || code == 2)), "compressed");
  }

  /** Whether it was a close. */
  private boolean frame(int first, byte[] payload) throws Broken {
    int code = first & 0x0f;
    if (code == 8) {
      checkClose(payload);
      return true;
    }
    if (code == 9) {
      pings.add(HexFormat.of().formatHex(payload));
    } else if (code < 8) {
      if (code != 0) {
        opcode = code;
        packed = (first & 0x40) != 0;
      }
      message.writeBytes(payload);
      check(message.size() <= MAX_MESSAGE_BYTES, "too large");
      if ((first & 0x80) != 0) {
        byte[] whole = packed ? inflated(message.toByteArray()) : message.toByteArray();
        messages.add(opcode == 1 ? text(utf8(whole)) : binary(whole));
        message.reset();
        opcode = 0;
      }
    }
    return false;
  }

  private static void checkClose(byte[] payload) throws Broken {
    check(payload.length != 1, "half a code");
    if (payload.length >= 2) {
      int code = ByteBuffer.wrap(payload).getShort() & 0xffff;
      check(
          (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006)
              || (code >= 3000 && code < 5000),
          "a code that is not to be sent");
      String _ = utf8(Arrays.copyOfRange(payload, 2, payload.length));
    }
  }

  /**
   * With what was left out behind it, and a last block, it ends there; and all was there before.
   */
  private static byte[] inflated(byte[] bytes) throws Broken {
    byte[] end = {0, 0, (byte) 0xff, (byte) 0xff, 3, 0};
    byte[] whole = Arrays.copyOf(bytes, bytes.length + end.length);
    System.arraycopy(end, 0, whole, bytes.length, end.length);
    byte[] message = inflated(whole, true);
    check(inflated(bytes, false).length == message.length, "stops within data");
    return message;
  }

  private static byte[] inflated(byte[] bytes, boolean finishes) throws Broken {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(bytes);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] piece = new byte[1 << 13];
      while (true) {
        int n = inflater.inflate(piece);
        all.write(piece, 0, n);
        check(all.size() <= MAX_MESSAGE_BYTES, "too large");
        int rest = inflater.getRemaining();
        if (inflater.finished() && rest > 0) {
          // RFC 7692 section 7.2.3.4: blocks may follow one that says that it is the last.
          inflater.reset();
          inflater.setInput(bytes, bytes.length - rest, rest);
        } else if (n == 0) {
          check(!finishes || inflater.finished(), "stops within a block");
          return all.toByteArray();
        }
      }
    } catch (DataFormatException e) {
      throw new Broken(String.valueOf(e.getMessage()));
    } finally {
      inflater.end();
    }
  }

  private static String utf8(byte[] bytes) throws Broken {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Broken("not UTF-8");
    }
  }

  private static void check(boolean right, String what) throws Broken {
    if (!right) {
      throw new Broken(what);
    }
  }
}
