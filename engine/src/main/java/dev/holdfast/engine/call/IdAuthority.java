// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.ObjectId;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes and recognises the ids of one namespace. The first 16 bytes are the base: random, or the
 * HMAC-SHA256 of the name under the namespace's secret; the last 16 are the HMAC-SHA256 of the base
 * under the same secret. So an id can be authenticated without looking anything up, and not be
 * forged without the secret. Thread-safe.
 */
public final class IdAuthority {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BASE_BYTES = 16;
  private static final int TEXT_DIGITS = 2 * ObjectId.BYTES;

  private final String namespace;
  private final SecureRandom random;
  private final RecentIds recent = new RecentIds();

  /** Keyed once, cloned for each use: keying costs more than the hash. */
  private final Mac keyed;

  /**
   * The authority of a namespace.
   *
   * @param secret of the namespace
   */
  public IdAuthority(String namespace, byte[] secret, SecureRandom random) {
    this.namespace = namespace;
    this.random = random;
    try {
      keyed = Mac.getInstance(ALGORITHM);
      keyed.init(new SecretKeySpec(secret, ALGORITHM));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this Java runtime has no " + ALGORITHM, e);
    }
  }

  /**
   * The id of a name.
   *
   * @throws IllegalArgumentException if it is no Unicode text
   */
  public ObjectId fromName(String name) {
    ObjectId known = recent.ofName(name);
    if (known != null) {
      return known;
    }
    ObjectId id = complete(baseOf(name), name);
    recent.add(id);
    return id;
  }

  ObjectId unique() {
    byte[] base = new byte[BASE_BYTES];
    random.nextBytes(base);
    return complete(base, null);
  }

  /**
   * The id that was printed so.
   *
   * @throws IllegalArgumentException if it is none that this authority has made
   */
  public ObjectId fromText(String text) {
    ObjectId id = ObjectId.of(parse(text), null);
    check(id);
    return id;
  }

  private static byte[] parse(String text) {
    if (text.length() != TEXT_DIGITS) {
      throw new IllegalArgumentException(
          "'%s' is not an object id: expected %d hex digits, found %d characters"
              .formatted(
                  text.length() > TEXT_DIGITS ? text.substring(0, TEXT_DIGITS) + "…" : text,
                  TEXT_DIGITS,
                  text.length()));
    }
    for (int i = 0; i < TEXT_DIGITS; i++) {
      if (!HexFormat.isHexDigit(text.charAt(i))) {
        throw new IllegalArgumentException(
            "'%s' is not an object id: expected %d hex digits, found '%s' at %d"
                .formatted(text, TEXT_DIGITS, text.charAt(i), i));
      }
    }
    return HexFormat.of().parseHex(text);
  }

  /** Throws unless this authority made the id, and made it from its name if it has one. */
  void check(ObjectId id) {
    if (recent.isGenuine(id)) {
      return;
    }
    byte[] bytes = id.bytes();
    byte[] base = Arrays.copyOf(bytes, BASE_BYTES);
    if (!MessageDigest.isEqual(
        Arrays.copyOfRange(bytes, BASE_BYTES, ObjectId.BYTES),
        Arrays.copyOf(hmac(base), BASE_BYTES))) {
      throw new IllegalArgumentException(
          "id %s is not valid for namespace %s: another namespace or another store made it"
              .formatted(id, namespace));
    }
    String name = id.name().orElse(null);
    if (name != null && !Arrays.equals(base, Arrays.copyOf(baseOf(name), BASE_BYTES))) {
      throw new IllegalArgumentException(
          "id %s is not that of the name %s in namespace %s; use idFromName"
              .formatted(id, name, namespace));
    }
    recent.add(id);
  }

  /**
   * The hash of a name in UTF-8. An unpaired surrogate has no such form: it would be replaced by a
   * question mark, and two names would have one id.
   */
  private byte[] baseOf(String name) {
    if (!isUnicode(name)) {
      throw new IllegalArgumentException(
          "a name with an unpaired surrogate has no id: it has no UTF-8 form; use another name");
    }
    return hmac(name.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isUnicode(String name) {
    return name.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private ObjectId complete(byte[] base, @Nullable String name) {
    byte[] head = Arrays.copyOf(base, BASE_BYTES);
    byte[] bytes = Arrays.copyOf(head, ObjectId.BYTES);
    System.arraycopy(hmac(head), 0, bytes, BASE_BYTES, BASE_BYTES);
    return ObjectId.of(bytes, name);
  }

  private byte[] hmac(byte[] input) {
    try {
      return ((Mac) keyed.clone()).doFinal(input);
    } catch (CloneNotSupportedException e) {
      return keyedAgain(input);
    }
  }

  private byte[] keyedAgain(byte[] input) {
    synchronized (keyed) {
      return keyed.doFinal(input);
    }
  }
}
