// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes an event a critical section from beginning to end: while it waits, nothing enters the
 * object except calls that it caused itself. On a method of the object class it covers that method,
 * on the class all its remote methods, {@code fetch} and timers. The wall limit counts the whole of
 * it, waits included.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Exclusive {}
