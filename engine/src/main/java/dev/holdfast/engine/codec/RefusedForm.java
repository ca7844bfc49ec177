// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** A type whose values can be neither written nor read, and why. */
final class RefusedForm extends Form {
  private final String name;
  private final String problem;

  RefusedForm(String name, String problem) {
    this.name = name;
    this.problem = problem;
  }

  String problem() {
    return problem;
  }

  @Override
  void writeValue(Object value, JsonGenerator out) {
    throw new Mismatch(problem);
  }

  /** A null is refused too, so that whether a type is accepted does not depend on the value. */
  @Override
  void writeNull(JsonGenerator out) {
    throw new Mismatch(problem);
  }

  @Override
  Object readValue(JsonParser in) {
    throw new Mismatch(problem);
  }

  @Override
  boolean mutable() {
    return true;
  }

  @Override
  String name() {
    return name;
  }
}
