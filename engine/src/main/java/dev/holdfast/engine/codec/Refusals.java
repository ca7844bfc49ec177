// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.Collection;
import java.util.Map;

/** Why a type cannot be encoded, and what to do instead. */
final class Refusals {
  private Refusals() {}

  static String reason(Class<?> type) {
    if (type == Object.class) {
      return "it says nothing about its value; use a record, a sealed interface or a type parameter";
    }
    if (type.isHidden() || type.isSynthetic()) {
      return "it is a lambda or a generated class; pass data instead";
    }
    if (type.isSealed()) {
      return "it is a sealed class; make it a sealed interface of records and enums";
    }
    if (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type)) {
      return "this class of collection cannot be made again; declare List, Set, Map or the like";
    }
    if (type.isInterface()) {
      return "anyone may implement this interface; make it a sealed interface of records and enums";
    }
    return "it is none of: record, enum, sealed interface, text, number, time, array, collection,"
        + " map, Optional; use a record";
  }

  static String closed(Class<?> type) {
    return "its constructor is not accessible; let "
        + type.getModule()
        + " open the package "
        + type.getPackageName();
  }
}
