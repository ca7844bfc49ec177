// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.control;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The wish for a task, with arguments by name. Immutable. Paths in it are absolute, since the node
 * runs elsewhere.
 *
 * @param task the name of the {@link ControlTask}
 * @param arguments at most {@value #MAX_ARGUMENTS}, each name and value at most {@value #MAX_BYTES}
 *     bytes of UTF-8, where characters beyond the basic plane count as 6
 */
public record ControlRequest(String task, Map<String, String> arguments) {
  private static final int MAX_ARGUMENTS = 64;
  private static final int MAX_BYTES = 65_535;

  public ControlRequest {
    arguments = Map.copyOf(arguments);
    if (arguments.size() > MAX_ARGUMENTS) {
      throw new IllegalArgumentException(
          task + ": " + arguments.size() + " arguments, limit " + MAX_ARGUMENTS);
    }
    arguments.forEach(
        (name, value) -> {
          int bytes = Math.max(bytes(name), bytes(value));
          if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                "%s: the argument %.50s has %d bytes, limit %d"
                    .formatted(task, name, bytes, MAX_BYTES));
          }
        });
  }

  /** How many {@link DataOutputStream#writeUTF} makes of it. */
  private static int bytes(String text) {
    return text.chars().map(c -> c >= 1 && c < 0x80 ? 1 : c < 0x800 ? 2 : 3).sum();
  }

  /** A wish without arguments. */
  public static ControlRequest of(String task) {
    return new ControlRequest(task, Map.of());
  }

  /** The same with one more argument. */
  public ControlRequest with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(arguments);
    more.put(name, value);
    return new ControlRequest(task, more);
  }

  /** An argument that may be absent. */
  public Optional<String> find(String name) {
    return Optional.ofNullable(arguments.get(name));
  }

  /**
   * An argument.
   *
   * @throws IllegalArgumentException if it is absent
   */
  public String require(String name) {
    String value = arguments.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "%s: expected the argument %s, found %s".formatted(task, name, arguments.keySet()));
    }
    return value;
  }

  /** Sends it. */
  void write(DataOutputStream out) throws IOException {
    out.writeUTF(task);
    out.writeInt(arguments.size());
    for (Map.Entry<String, String> argument : arguments.entrySet()) {
      out.writeUTF(argument.getKey());
      out.writeUTF(argument.getValue());
    }
  }

  /** Receives one. */
  static ControlRequest read(DataInputStream in) throws IOException {
    String task = in.readUTF();
    int count = in.readInt();
    if (count < 0 || count > MAX_ARGUMENTS) {
      throw new IOException(count + " arguments, limit " + MAX_ARGUMENTS);
    }
    Map<String, String> arguments = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      arguments.put(in.readUTF(), in.readUTF());
    }
    return new ControlRequest(task, arguments);
  }
}
