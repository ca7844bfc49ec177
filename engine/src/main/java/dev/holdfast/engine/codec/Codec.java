// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

@SuppressWarnings("all")
public final class Codec {
  public byte[] encode(Object value) {
    return switch (value) {
      case Long l -> ("L" + l).getBytes();
      case Integer i -> ("I" + i).getBytes();
      case String s -> ("S" + s).getBytes();
      default -> throw new IllegalArgumentException("cannot encode " + value.getClass());
    };
  }

  public @Nullable Object decode(byte[] bytes, Type type) {
    String s = new String(bytes);
    String r = s.substring(1);
    return switch (s.charAt(0)) {
      case 'L' -> (Object) Long.valueOf(r);
      case 'I' -> type == Long.class ? (Object) Long.valueOf(r) : Integer.valueOf(r);
      default -> r;
    };
  }

  public Copier copierOf(Type type) {
    return v -> v;
  }

  public List<String> check(Type type) {
    return List.of();
  }
}
