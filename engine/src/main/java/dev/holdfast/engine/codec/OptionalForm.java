// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/**
 * An optional: its value, or null if it is empty. So a component may become optional, or cease to
 * be, while old bytes stay readable. That leaves no form for a null instead of an optional, nor for
 * an optional in an optional: both are refused.
 */
final class OptionalForm extends Form {
  private final Form value;

  OptionalForm(Form value) {
    this.value = value;
  }

  @Override
  void writeValue(Object optional, JsonGenerator out) {
    if (!(optional instanceof Optional<?> maybe)) {
      throw notA(optional);
    }
    Object present = maybe.orElse(null);
    if (present instanceof Optional<?>) {
      throw new Mismatch("an Optional in an Optional cannot be encoded");
    }
    value.write(present, out);
  }

  @Override
  void writeNull(JsonGenerator out) {
    throw new Mismatch("null instead of an Optional; use Optional.empty()");
  }

  @Override
  Object readValue(JsonParser in) {
    return Optional.of(value.readValue(in));
  }

  @Override
  Object ofNull() {
    return Optional.empty();
  }

  @Override
  List<Form> parts() {
    return List.of(value);
  }

  @Override
  long weighValue(Object optional) {
    return OBJECT_BYTES
        + (optional instanceof Optional<?> maybe ? value.weigh(maybe.orElse(null)) : 0);
  }

  @Override
  boolean mutable() {
    return false;
  }

  @Override
  String name() {
    return "java.util.Optional<" + value.name() + ">";
  }
}
