// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which conformance cases a test realises, by their ids: one, or several in braces.
 *
 * <p>Every id in {@code conformance-cases.txt} is either named by a test in this way or listed in
 * {@code conformance-exclusions.txt} with a reason, never both; a test checks that.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Conformance {
  /** The ids of the cases. */
  String[] value();
}
