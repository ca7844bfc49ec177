// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

/** The names of the arguments of tasks about objects. */
public final class Arguments {
  /** The namespace. */
  public static final String NAMESPACE = "namespace";

  /** A name, an id, or one of these with {@code name:} or {@code id:} before it. */
  public static final String OBJECT = "object";

  /** A moment, as {@link Moment} reads it. */
  public static final String AT = "at";

  /** The name of a fork. */
  public static final String NAME = "name";

  /** What keys or names begin with. */
  public static final String PREFIX = "prefix";

  /** One key. */
  public static final String KEY = "key";

  /** After what to begin. */
  public static final String AFTER = "after";

  /** A bookmark before which to begin. */
  public static final String BEFORE = "before";

  /** The most to tell. */
  public static final String LIMIT = "limit";

  /** A query. */
  public static final String SQL = "sql";

  /** How many seconds SQLite may work. */
  public static final String SECONDS = "seconds";

  /** If present, what cannot be undone is done; else it is only told what that would be. */
  public static final String CONFIRMED = "confirmed";

  /** If present, what is told is JSON, an object a line. */
  public static final String JSON = "json";

  private Arguments() {}
}
