// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.sym.PropertyNameMatcher;

/**
 * A record: a map of its components by name, after its type id if it belongs to a sealed interface.
 * Entries of other names are skipped, and a component without an entry is {@link Form#absent()}: so
 * components can be added and removed while old bytes stay readable.
 */
final class RecordForm extends Form implements SealedForm.Member {

  /** A component: its name and accessor. {@code accessor} has the type {@code (Object)Object}. */
  record Component(SerializedString name, MethodHandle accessor, Form form) {}

  private final Class<?> type;
  private final @Nullable SerializedString typeId;
  private Component[] components = {};
  private final MethodHandle constructor;
  private final PropertyNameMatcher names;

  /**
   * A form whose components are still to be {@link #complete}d, because they may refer to it.
   *
   * @param constructor the canonical constructor as {@code (Object[])Object}
   * @param names finds the index of a component by its name
   */
  RecordForm(Class<?> type, MethodHandle constructor, PropertyNameMatcher names) {
    this.type = type;
    this.constructor = constructor;
    this.names = names;
    String id = SealedForm.idOf(type);
    this.typeId = id == null ? null : new SerializedString(id);
  }

  void complete(List<Component> inOrder) {
    components = inOrder.toArray(Component[]::new);
  }

  @Override
  void writeValue(Object value, JsonGenerator out) {
    if (value.getClass() != type) {
      throw notA(value);
    }
    out.writeStartObject(null, components.length + (typeId == null ? 0 : 1));
    if (typeId != null) {
      out.writeName(SealedForm.TYPE);
      out.writeString(typeId);
    }
    for (Component component : components) {
      out.writeName(component.name);
      try {
        component.form.write(get(component, value), out);
      } catch (Mismatch e) {
        throw e.underName(component.name.getValue());
      }
    }
    out.writeEndObject();
  }

  @Override
  Object readValue(JsonParser in) {
    require(JsonToken.START_OBJECT, in);
    return readMember(in);
  }

  @Override
  public Object readMember(JsonParser in) {
    @Nullable Object[] values = new Object[components.length];
    boolean[] found = new boolean[components.length];
    for (int i = in.nextNameMatch(names);
        i != PropertyNameMatcher.MATCH_END_OBJECT;
        i = in.nextNameMatch(names)) {
      if (i == PropertyNameMatcher.MATCH_ODD_TOKEN) {
        throw unexpected(in);
      }
      in.nextToken();
      if (i == PropertyNameMatcher.MATCH_UNKNOWN_NAME) {
        in.skipChildren();
      } else {
        found[i] = true;
        values[i] = component(i, in);
      }
    }
    for (int i = 0; i < found.length; i++) {
      if (!found[i]) {
        values[i] = component(i, null);
      }
    }
    return construct(values);
  }

  private @Nullable Object component(int index, @Nullable JsonParser in) {
    Component component = components[index];
    try {
      return in == null ? component.form.absent() : component.form.read(in);
    } catch (Mismatch e) {
      throw e.underName(component.name.getValue());
    }
  }

  private static @Nullable Object get(Component component, Object value) {
    try {
      return (Object) component.accessor.invokeExact(value);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new Mismatch("its accessor failed: " + e, e);
    }
  }

  private Object construct(@Nullable Object[] values) {
    try {
      return (Object) constructor.invokeExact(values);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new Mismatch("the constructor of " + name() + " refused the components: " + e, e);
    }
  }

  @Override
  long weighValue(Object value) {
    long weight = OBJECT_BYTES;
    if (value.getClass() == type) {
      for (Component component : components) {
        weight += Long.BYTES + weigh(component, value);
      }
    }
    return weight;
  }

  private static long weigh(Component component, Object value) {
    try {
      return component.form.weigh(get(component, value));
    } catch (Mismatch _) {
      return 0; // An accessor that fails: nobody will get that component out.
    }
  }

  void eachComponent(BiConsumer<String, Form> action) {
    for (Component component : components) {
      action.accept(component.name.getValue(), component.form);
    }
  }

  @Override
  List<Form> parts() {
    List<Form> forms = new ArrayList<>();
    for (Component component : components) {
      forms.add(component.form);
    }
    return forms;
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
