// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

/**
 * A stretch of an object's history that is kept as one step, and the moment at its end. Generations
 * of one object never go backwards. Immutable.
 *
 * @param packed the second since the epoch in the upper 40 bits, a counter within it in the lower
 *     24
 */
public record Generation(long packed) implements Comparable<Generation> {
  private static final int COUNTER_BITS = 24;
  private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
  private static final long MAX_SECOND = Long.MAX_VALUE >>> COUNTER_BITS;

  /** Before everything: the generation of an object that has no commit. */
  public static final Generation NONE = new Generation(0);

  public Generation {
    if (packed < 0) {
      throw new IllegalArgumentException("generation " + packed + " is negative");
    }
  }

  /**
   * The first generation of that second.
   *
   * @throws IllegalArgumentException if it is before 1970 or after the year 19000
   */
  public static Generation ofSecond(long second) {
    if (second < 0 || second > MAX_SECOND) {
      throw new IllegalArgumentException(
          "second "
              + second
              + " is not within 0 and "
              + MAX_SECOND
              + ", the seconds of generations");
    }
    return new Generation(second << COUNTER_BITS);
  }

  /**
   * The last generation that may begin in that second; its end is the moment at which the second
   * ends.
   *
   * @throws IllegalArgumentException if it is before 1970 or after the year 19000
   */
  public static Generation lastOfSecond(long second) {
    return new Generation(ofSecond(second).packed | COUNTER_MASK);
  }

  /** The second since the epoch in which it began. */
  public long second() {
    return packed >>> COUNTER_BITS;
  }

  /** How many generations of the object began before it in the same second. */
  public long counter() {
    return packed & COUNTER_MASK;
  }

  /** The next generation; it may lie in the same second. */
  public Generation next() {
    return new Generation(packed + 1);
  }

  /** The generation of a commit made in that second by an object whose last one is this. */
  public Generation advancedTo(long second) {
    return second > second() ? ofSecond(second) : this;
  }

  @Override
  public int compareTo(Generation other) {
    return Long.compare(packed, other.packed);
  }

  @Override
  public String toString() {
    return second() + "." + counter();
  }
}
