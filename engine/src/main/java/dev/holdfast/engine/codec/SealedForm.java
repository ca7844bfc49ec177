// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A value of a sealed interface: what the form of its class writes, which begins with a type id.
 * The id is the simple name of the class and is resolved against the permitted subclasses alone.
 *
 * <p>A class that belongs to a sealed interface writes its id wherever it stands, so that the bytes
 * do not depend on what the value was declared as, and a list whose element type is erased can be
 * read as a list of the interface.
 */
final class SealedForm extends Form {
  /** The name of the entry that holds the type id; no record component can be called so. */
  static final String TYPE = "@type";

  /** The form of a class that can be told from others by its type id. */
  sealed interface Member permits EnumForm, RecordForm {
    /** Reads the rest of a map whose type id has been read. */
    Object readMember(JsonParser in);
  }

  private final Class<?> type;
  private final Map<String, Form> byId = new LinkedHashMap<>();
  private final Map<Class<?>, Form> byClass = new HashMap<>();

  SealedForm(Class<?> type) {
    this.type = type;
  }

  /**
   * The type id of a class: its simple name if it belongs to a sealed interface, else null. An enum
   * whose constants have bodies is sealed too, but not an interface.
   */
  static @Nullable String idOf(Class<?> type) {
    return belongsToSealed(type) ? type.getSimpleName() : null;
  }

  private static boolean belongsToSealed(Class<?> type) {
    for (Class<?> parent : type.getInterfaces()) {
      if (parent.isSealed() || belongsToSealed(parent)) {
        return true;
      }
    }
    return false;
  }

  /** Adds a permitted subclass; no two have the same simple name. */
  void add(Class<?> subclass, Form form) {
    byId.put(subclass.getSimpleName(), form);
    byClass.put(subclass, form);
  }

  @Override
  void writeValue(Object value, JsonGenerator out) {
    Form form = formOf(value);
    if (form == null) {
      throw notA(value);
    }
    form.writeValue(value, out);
  }

  private @Nullable Form formOf(Object value) {
    return byClass.get(
        value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass());
  }

  @Override
  long weighValue(Object value) {
    Form form = formOf(value);
    return form == null ? OBJECT_BYTES : form.weighValue(value);
  }

  @Override
  Object readValue(JsonParser in) {
    require(JsonToken.START_OBJECT, in);
    if (!TYPE.equals(in.nextName()) || in.nextToken() != JsonToken.VALUE_STRING) {
      throw new Mismatch("expected " + name() + ", found a map that does not begin with " + TYPE);
    }
    String id = in.getString();
    Form form = byId.get(id);
    if (form == null) {
      throw new Mismatch(
          "'"
              + Texts.shorten(id)
              + "' is no permitted subclass of "
              + name()
              + ": "
              + byId.keySet()
              + "; values tell their class by its simple name, so to read those that were stored a"
              + " class of that name must stay");
    }
    // What is no member cannot be read at all, and says so.
    return form instanceof Member member ? member.readMember(in) : form.readValue(in);
  }

  @Override
  List<Form> parts() {
    return List.copyOf(byId.values());
  }

  @Override
  boolean mutable() {
    return false;
  }

  @Override
  String name() {
    return type.getTypeName();
  }
}
