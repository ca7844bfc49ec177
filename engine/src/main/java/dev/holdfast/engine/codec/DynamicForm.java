// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/**
 * A type that is not known, because it is a type argument that erasure took away: the element of a
 * list of which only the class is at hand. Its values are written by their own classes. They cannot
 * be read: whoever reads has to say the type.
 */
final class DynamicForm extends Form {
  private final Forms forms;

  DynamicForm(Forms forms) {
    this.forms = forms;
  }

  @Override
  void writeValue(Object value, JsonGenerator out) {
    forms.ofValue(value).writeValue(value, out);
  }

  @Override
  Object readValue(JsonParser in) {
    throw new Mismatch(problem());
  }

  String problem() {
    return "the type is not known; say it in full, such as new TypeRef<List<Item>>() {}";
  }

  @Override
  boolean mutable() {
    return true;
  }

  @Override
  String name() {
    return "?";
  }
}
