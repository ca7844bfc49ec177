// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Damage to bytes, and how they are cut up on their way, drawn from a seed. The seed of a failure
 * is given with {@code -Dholdfast.seed} to see it again.
 */
record Mutation(Random random) {
  /** The seed to replay, or a new one. */
  static long seed() {
    return Long.getLong("holdfast.seed", System.nanoTime());
  }

  /** One of them. */
  <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** Changes a byte, drops some, doubles some, cuts the rest off, or puts a piece in between. */
  byte[] damaged(byte[] bytes, List<byte[]> pieces) {
    if (bytes.length == 0) {
      return bytes;
    }
    int at = random.nextInt(bytes.length);
    int next = Math.min(bytes.length, at + 1 + random.nextInt(30));
    return switch (random.nextInt(6)) {
      case 0 ->
          joined(Arrays.copyOf(bytes, at), new byte[] {(byte) random.nextInt()}, bytes, at + 1);
      case 1 -> {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 2 -> joined(Arrays.copyOf(bytes, at), new byte[0], bytes, next);
      case 3 -> joined(Arrays.copyOf(bytes, next), new byte[0], bytes, at);
      case 4 -> Arrays.copyOf(bytes, at);
      default -> joined(Arrays.copyOf(bytes, at), oneOf(pieces), bytes, at);
    };
  }

  private static byte[] joined(byte[] start, byte[] middle, byte[] rest, int from) {
    byte[] all = Arrays.copyOf(start, start.length + middle.length + rest.length - from);
    System.arraycopy(middle, 0, all, start.length, middle.length);
    System.arraycopy(rest, from, all, start.length + middle.length, rest.length - from);
    return all;
  }

  /** Sends all of it, cut in so many places at most. A server that has closed does not matter. */
  void sendCut(RawConnection connection, byte[] bytes, int cuts) {
    try {
      int from = 0;
      for (int i = 0; i < cuts && from < bytes.length; i++) {
        int to = from + 1 + random.nextInt(random.nextBoolean() ? 4 : bytes.length - from);
        to = Math.min(to, bytes.length);
        connection.send(Arrays.copyOfRange(bytes, from, to));
        from = to;
      }
      connection.send(Arrays.copyOfRange(bytes, from, bytes.length));
      connection.socket().shutdownOutput();
    } catch (IOException e) {
      // Closed while sending: what matters is what was answered.
    }
  }

  static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
