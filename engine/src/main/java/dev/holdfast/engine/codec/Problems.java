// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds what in a type, however deep, cannot be encoded or decoded, before any value is there. */
final class Problems {
  private final List<String> found = new ArrayList<>();
  private final Set<Form> seen = new HashSet<>();

  private Problems() {}

  /** One message per part that cannot be encoded; each says where in the type it stands. */
  static List<String> of(Form form) {
    Problems problems = new Problems();
    problems.visit(form, "");
    return List.copyOf(problems.found);
  }

  private void visit(Form form, String path) {
    if (!seen.add(form)) {
      return;
    }
    switch (form) {
      case RefusedForm refused -> report(path, refused.problem());
      case DynamicForm dynamic -> report(path, dynamic.problem());
      case RecordForm record ->
          record.eachComponent((name, component) -> visit(component, path + "." + name));
      case SealedForm sealed ->
          sealed.parts().forEach(member -> visit(member, path + "(" + member.name() + ")"));
      case MapForm map -> {
        visit(map.parts().getFirst(), path + "[a key]");
        visit(map.parts().getLast(), path + "[a value]");
      }
      case CollectionForm collection -> visit(collection.parts().getFirst(), path + "[]");
      case ArrayForm array -> visit(array.parts().getFirst(), path + "[]");
      case OptionalForm optional -> visit(optional.parts().getFirst(), path);
      case LeafForm<?> leaf -> {}
      case EnumForm constants -> {}
    }
  }

  private void report(String path, String problem) {
    found.add(path.isEmpty() ? problem : "at " + path + ": " + problem);
  }
}
