// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The globally unique id of one object: 32 bytes, printed as 64 lower-case hex digits. Immutable.
 *
 * <p>The first half is random or derived from a name, the second authenticates it: a namespace
 * accepts only ids that it made itself. Equality is by the bytes alone; {@link #name()} is a remark
 * on how this instance was made.
 */
public final class ObjectId implements Comparable<ObjectId> {
  /** How many bytes an id has. */
  public static final int BYTES = 32;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long first;
  private final long second;
  private final long third;
  private final long fourth;
  private final @Nullable String name;

  private ObjectId(byte[] bytes, int offset, @Nullable String name) {
    this.first = (long) LONGS.get(bytes, offset);
    this.second = (long) LONGS.get(bytes, offset + 8);
    this.third = (long) LONGS.get(bytes, offset + 16);
    this.fourth = (long) LONGS.get(bytes, offset + 24);
    this.name = name;
  }

  /**
   * An id from its bytes. It is not authenticated here but by the namespace it is used with.
   *
   * @param name the name it was derived from, or null
   * @throws IllegalArgumentException unless there are exactly 32 bytes
   */
  public static ObjectId of(byte[] bytes, @Nullable String name) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "an object id has " + BYTES + " bytes, got " + bytes.length);
    }
    return new ObjectId(bytes, 0, name);
  }

  /** The name it was derived from; empty for unique ids and for ids parsed from text. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** A fresh copy of the 32 bytes. */
  public byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    writeTo(bytes, 0);
    return bytes;
  }

  /** Writes the 32 bytes to {@code target} from {@code offset} on. */
  public void writeTo(byte[] target, int offset) {
    LONGS.set(target, offset, first);
    LONGS.set(target, offset + 8, second);
    LONGS.set(target, offset + 16, third);
    LONGS.set(target, offset + 24, fourth);
  }

  @Override
  public int compareTo(ObjectId other) {
    int order = Long.compareUnsigned(first, other.first);
    order = order != 0 ? order : Long.compareUnsigned(second, other.second);
    order = order != 0 ? order : Long.compareUnsigned(third, other.third);
    return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectId that
        && first == that.first
        && second == that.second
        && third == that.third
        && fourth == that.fourth;
  }

  /** The leading bits, which are uniformly distributed. */
  @Override
  public int hashCode() {
    return (int) (first ^ (first >>> 32));
  }

  /** The 64 hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
