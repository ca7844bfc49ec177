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
final class IdAuthority {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BASE_BYTES = 16;

  private final String namespace;
  private final SecureRandom random;

  /** Keyed once, cloned for each use: keying costs more than the hash. */
  private final Mac keyed;

  IdAuthority(String namespace, byte[] secret, SecureRandom random) {
    this.namespace = namespace;
    this.random = random;
    try {
      keyed = Mac.getInstance(ALGORITHM);
      keyed.init(new SecretKeySpec(secret, ALGORITHM));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this Java runtime has no " + ALGORITHM, e);
    }
  }

  ObjectId fromName(String name) {
    return complete(hmac(name.getBytes(StandardCharsets.UTF_8)), name);
  }

  ObjectId unique() {
    byte[] base = new byte[BASE_BYTES];
    random.nextBytes(base);
    return complete(base, null);
  }

  ObjectId fromText(String text) {
    if (text.length() != 2 * ObjectId.BYTES || !isHex(text)) {
      throw new IllegalArgumentException(
          "'%s' is not an object id: expected %d hex digits, found %d characters"
              .formatted(
                  text.substring(0, Math.min(80, text.length())),
                  2 * ObjectId.BYTES,
                  text.length()));
    }
    ObjectId id = ObjectId.of(HexFormat.of().parseHex(text), null);
    check(id);
    return id;
  }

  /** Throws unless this authority made the id. */
  void check(ObjectId id) {
    byte[] bytes = id.bytes();
    byte[] expected = hmac(Arrays.copyOf(bytes, BASE_BYTES));
    if (!MessageDigest.isEqual(
        Arrays.copyOfRange(bytes, BASE_BYTES, ObjectId.BYTES),
        Arrays.copyOf(expected, BASE_BYTES))) {
      throw new IllegalArgumentException(
          "id %s is not valid for namespace %s: another namespace or another store made it"
              .formatted(id, namespace));
    }
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

  private static boolean isHex(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }
}
