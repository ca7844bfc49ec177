// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * An enum constant: its name as a text. If the enum belongs to a sealed interface, a map of its
 * type id and that name, so that it can be told from the other types.
 */
final class EnumForm extends Form implements SealedForm.Member {
  private static final String VALUE = "@value";

  private final Class<?> type;
  private final Map<String, Enum<?>> constants = new HashMap<>();
  private final @Nullable String typeId;

  EnumForm(Class<?> type) {
    this.type = type;
    this.typeId = SealedForm.idOf(type);
    for (Object constant : type.getEnumConstants()) {
      Enum<?> value = (Enum<?>) constant;
      constants.put(value.name(), value);
    }
  }

  @Override
  void writeValue(Object value, JsonGenerator out) {
    if (!type.isInstance(value)) {
      throw notA(value);
    }
    String constant = ((Enum<?>) value).name();
    if (typeId == null) {
      out.writeString(constant);
    } else {
      out.writeStartObject(null, 2);
      out.writeName(SealedForm.TYPE);
      out.writeString(typeId);
      out.writeName(VALUE);
      out.writeString(constant);
      out.writeEndObject();
    }
  }

  @Override
  Object readValue(JsonParser in) {
    if (in.currentToken() == JsonToken.START_OBJECT) {
      return readMember(in);
    }
    require(JsonToken.VALUE_STRING, in);
    return constant(in.getString());
  }

  @Override
  public Object readMember(JsonParser in) {
    Object value = null;
    for (String name = in.nextName(); name != null; name = in.nextName()) {
      in.nextToken();
      if (name.equals(VALUE)) {
        require(JsonToken.VALUE_STRING, in);
        value = constant(in.getString());
      } else {
        in.skipChildren();
      }
    }
    require(JsonToken.END_OBJECT, in);
    if (value == null) {
      throw new Mismatch("expected " + name() + ", found a map without " + VALUE);
    }
    return value;
  }

  private Enum<?> constant(String name) {
    Enum<?> value = constants.get(name);
    if (value == null) {
      throw new Mismatch("'" + Texts.shorten(name) + "' is no constant of " + name());
    }
    return value;
  }

  @Override
  long weighValue(Object value) {
    return 0;
  }

  @Override
  boolean weighsTheSame() {
    return true;
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
