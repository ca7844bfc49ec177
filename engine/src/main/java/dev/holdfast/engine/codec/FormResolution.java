// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.util.Named;

/**
 * One resolution of a type and all that it refers to. It ends in a graph of forms in which every
 * record is complete. One thread only.
 */
final class FormResolution {
  private final Forms forms;
  private final TokenStreamFactory factory;
  private final Map<BoundType, Form> known;
  private final Map<BoundType, Form> fresh = new HashMap<>();

  /**
   * @param known complete forms; only read
   */
  FormResolution(Forms forms, TokenStreamFactory factory, Map<BoundType, Form> known) {
    this.forms = forms;
    this.factory = factory;
    this.known = known;
  }

  /** The forms that were made here. */
  Map<BoundType, Form> fresh() {
    return fresh;
  }

  Form form(BoundType type) {
    Form form = known.get(type);
    form = form == null ? fresh.get(type) : form;
    return form == null ? resolve(type) : form;
  }

  /**
   * Records and sealed interfaces enter {@link #fresh} before their parts are resolved: every cycle
   * of types leads through one of them.
   */
  private Form resolve(BoundType type) {
    if (type.tooDeep()) {
      return refuse(type, "its type arguments are nested deeper than " + BoundType.MAX_DEPTH);
    }
    Class<?> raw = type.raw();
    if (raw.isRecord()) {
      return record(type);
    }
    if (raw.isInterface() && raw.isSealed()) {
      return sealed(type);
    }
    Form form = simple(type, raw);
    fresh.put(type, form);
    return form;
  }

  private Form simple(BoundType type, Class<?> raw) {
    if (type.equals(BoundType.UNKNOWN)) {
      return new DynamicForm(forms);
    }
    LeafForm<?> leaf = Leaves.of(raw);
    if (leaf != null) {
      return leaf;
    }
    if (raw.isEnum()) {
      return new EnumForm(raw);
    }
    if (raw.isArray()) {
      return new ArrayForm(raw, argument(type, 0));
    }
    if (raw == Optional.class) {
      Form value = argument(type, 0);
      return value instanceof OptionalForm
          ? refuse(type, "an Optional in an Optional cannot be encoded")
          : new OptionalForm(value);
    }
    if (CollectionForm.supports(raw)) {
      return CollectionForm.of(raw, argument(type, 0));
    }
    if (MapForm.supports(raw)) {
      return MapForm.of(raw, argument(type, 0), argument(type, 1));
    }
    return refuse(type, Refusals.reason(raw));
  }

  private Form argument(BoundType type, int index) {
    return form(type.arguments().get(index));
  }

  private Form refuse(BoundType type, String problem) {
    Form form = new RefusedForm(type.toString(), type + " cannot be encoded: " + problem);
    fresh.put(type, form);
    return form;
  }

  private Form record(BoundType type) {
    RecordComponent[] components = type.raw().getRecordComponents();
    MethodHandle constructor;
    List<MethodHandle> accessors = new ArrayList<>();
    try {
      constructor = constructor(type.raw(), components);
      for (RecordComponent component : components) {
        accessors.add(accessor(component.getAccessor()));
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      // RuntimeException: InaccessibleObjectException, for a package its module does not open.
      return refuse(type, Refusals.closed(type.raw()));
    }
    List<Named> names =
        Arrays.stream(components).map(component -> Named.fromString(component.getName())).toList();
    RecordForm form =
        new RecordForm(type.raw(), constructor, factory.constructNameMatcher(names, false));
    fresh.put(type, form);
    List<RecordForm.Component> complete = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      complete.add(
          new RecordForm.Component(
              new SerializedString(components[i].getName()),
              accessors.get(i),
              form(BoundType.of(components[i].getGenericType(), type.bindings()))));
    }
    form.complete(complete);
    return form;
  }

  private static MethodHandle constructor(Class<?> type, RecordComponent[] components)
      throws ReflectiveOperationException {
    Class<?>[] parameters =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Constructor<?> canonical = type.getDeclaredConstructor(parameters);
    canonical.setAccessible(true);
    return MethodHandles.lookup()
        .unreflectConstructor(canonical)
        .asSpreader(Object[].class, parameters.length)
        .asType(MethodType.methodType(Object.class, Object[].class));
  }

  private static MethodHandle accessor(Method method) throws ReflectiveOperationException {
    method.setAccessible(true);
    return MethodHandles.lookup()
        .unreflect(method)
        .asType(MethodType.methodType(Object.class, Object.class));
  }

  private Form sealed(BoundType type) {
    List<BoundType> leaves;
    try {
      leaves = leaves(type).distinct().toList();
    } catch (Mismatch e) {
      return refuse(type, e.describe());
    }
    String clash = sameName(leaves);
    if (clash != null) {
      return refuse(type, clash);
    }
    SealedForm form = new SealedForm(type.raw());
    fresh.put(type, form);
    for (BoundType leaf : leaves) {
      form.add(leaf.raw(), form(leaf));
    }
    return form;
  }

  /** The classes at the ends of the tree of permitted subclasses. */
  private static Stream<BoundType> leaves(BoundType type) {
    return Arrays.stream(type.raw().getPermittedSubclasses())
        .map(type::subclass)
        .flatMap(
            subclass -> {
              Class<?> raw = subclass.raw();
              if (raw.isRecord() || raw.isEnum()) {
                return Stream.of(subclass);
              }
              if (raw.isInterface() && raw.isSealed()) {
                return leaves(subclass);
              }
              throw new Mismatch(
                  "it permits "
                      + raw.getTypeName()
                      + ", which is neither a record, an enum nor a sealed interface of such");
            });
  }

  private static @Nullable String sameName(List<BoundType> leaves) {
    Map<String, BoundType> byName = new HashMap<>();
    for (BoundType leaf : leaves) {
      BoundType other = byName.put(leaf.raw().getSimpleName(), leaf);
      if (other != null) {
        return "it permits two subclasses of the simple name "
            + leaf.raw().getSimpleName()
            + ", "
            + other
            + " and "
            + leaf
            + ", and that name is the type id; rename one";
      }
    }
    return null;
  }
}
