@org.jspecify.annotations.NullMarked
package dev.holdfast.engine.codec;
