// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.CallTimeoutException;
import dev.holdfast.Outcome;
import dev.holdfast.RemoteException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Exceptions as they travel: whole they come back, and whatever the bytes are, they do no harm. */
final class ExceptionFuzzTest {
  private static final int ROUNDS = Boolean.getBoolean("holdfast.thorough") ? 20_000 : 150;
  private static final Set<Class<?>> DECLARED = Set.of(IOException.class, Lost.class);
  private static final List<String> TYPES =
      List.of(
          IOException.class.getName(),
          FileNotFoundException.class.getName(),
          IllegalStateException.class.getName(),
          RemoteException.class.getName(),
          CallTimeoutException.class.getName(),
          StackOverflowError.class.getName(),
          Lost.class.getName(),
          Exception.class.getName(),
          "java.lang.Object",
          "no.such.Type",
          "");

  private final ExceptionCodec exceptions = new ExceptionCodec(new Codec());

  /** One that needs something to be made again. */
  static final class Lost extends Exception {
    private final int items;

    Lost(String message, int items) {
      super(message);
      this.items = items;
    }

    int items() {
      return items;
    }
  }

  @Test
  void whatWasCaptured_comesBackEqual_andCanBeRebuilt() {
    long seed = Samples.seed();
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      Throwable thrown = thrown(random, 4);
      Thrown captured = exceptions.capture(thrown);
      Thrown decoded = exceptions.decode(exceptions.encode(captured));
      String note = "seed %d, round %d: %s".formatted(seed, i, thrown);
      assertThat(decoded.toString()).as(note).isNotEmpty();
      Throwable made = exceptions.rebuild(decoded, DECLARED);
      assertThat(made)
          .as(note)
          .isExactlyInstanceOf(thrown.getClass())
          .hasMessage(thrown.getMessage());
      assertThat(made.getSuppressed()).as(note).hasSize(decoded.suppressed().size());
    }
  }

  @Test
  void damagedBytes_areRefusedOrRebuilt() {
    long seed = Samples.seed();
    Random random = new Random(seed);
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes =
          exceptions.encode(
              random.nextBoolean() ? noise(random, 3) : exceptions.capture(thrown(random, 3)));
      for (int j = random.nextInt(3); j > 0; j--) {
        bytes = DecodeFuzzTest.damage(bytes, random);
      }
      try {
        assertThat(exceptions.rebuild(exceptions.decode(bytes), DECLARED)).isNotNull();
      } catch (CodecException e) {
        assertThat(e.getMessage()).contains("Thrown");
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d, round %d: %s".formatted(seed, i, HexFormat.of().formatHex(bytes)), e);
      }
    }
  }

  @Test
  void anExceptionOfNoType_isRefused() {
    byte[] bytes = exceptions.encode(exceptions.capture(new IOException("m")));
    String hex = HexFormat.of().formatHex(bytes);
    int from = hex.indexOf("6574797065739f") + 14;
    String damaged = hex.substring(0, from) + hex.substring(hex.indexOf("ff676d657373616765"));
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> exceptions.decode(HexFormat.of().parseHex(damaged)))
        .withMessageContaining("no type");
  }

  @Test
  void aFrameWithoutItsMethod_isRefused() {
    byte[] bytes = exceptions.encode(exceptions.capture(new IOException("m")));
    String hex = HexFormat.of().formatHex(bytes);
    // The name of the key, so that the method is absent.
    String damaged = hex.replace("666d6574686f64", "666e6574686f64");
    assertThat(damaged).isNotEqualTo(hex);
    assertThatExceptionOfType(CodecException.class)
        .isThrownBy(() -> exceptions.decode(HexFormat.of().parseHex(damaged)));
  }

  private static Throwable thrown(Random random, int depth) {
    String message = random.nextInt(5) == 0 ? "é\ud83d\ude00" : "m" + random.nextInt(100);
    Throwable thrown =
        switch (random.nextInt(5)) {
          case 0 -> new IOException(message);
          case 1 -> new FileNotFoundException(message);
          case 2 -> new Lost(message, random.nextInt());
          case 3 -> new IllegalStateException(message);
          default -> new IllegalArgumentException(message);
        };
    if (depth > 0 && random.nextBoolean()) {
      thrown.initCause(thrown(random, depth - 1));
    }
    while (depth > 0 && random.nextInt(3) == 0) {
      thrown.addSuppressed(thrown(random, depth - 1));
    }
    return thrown;
  }

  /** What no honest node would send. */
  private static Thrown noise(Random random, int depth) {
    List<String> types = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      types.add(TYPES.get(random.nextInt(TYPES.size())));
    }
    List<Thrown> suppressed = new ArrayList<>();
    while (depth > 0 && random.nextInt(3) == 0) {
      suppressed.add(noise(random, depth - 1));
    }
    return new Thrown(
        types,
        text(random),
        List.of(new Thrown.Frame("a.B", "c", text(random), random.nextInt())),
        depth > 0 && random.nextBoolean() ? noise(random, depth - 1) : null,
        suppressed,
        random.nextBoolean() ? Map.of() : Map.of("items", new byte[] {(byte) random.nextInt()}),
        random.nextInt(3) > 0
            ? null
            : new Thrown.Platform(
                Outcome.UNKNOWN, random.nextBoolean(), text(random), text(random)));
  }

  private static @Nullable String text(Random random) {
    return random.nextInt(3) == 0 ? null : "t".repeat(random.nextInt(5));
  }
}
