// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import dev.holdfast.LimitExceededException;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * Turns values into CBOR and back. Thread-safe; one per engine, since it keeps what it has learnt
 * about the application's classes.
 *
 * <p>It knows records, enums, sealed interfaces of these, collections, maps, arrays, {@code
 * Optional}, text, numbers, {@code java.time}, {@code UUID}, {@code URI} and object ids, and
 * nothing else. What it takes it gives back equal: what could only come back changed is refused.
 */
public final class Codec {
  /** How deep a value may be nested: each record, collection, map and array is one level. */
  public static final int MAX_DEPTH = 500;

  /** How many bytes a value may take, unless the constructor is told otherwise: 64 MiB. */
  public static final int MAX_BYTES = 64 << 20;

  /**
   * How many sets of buffers, of some 30 KiB each, are kept for the next use. At most one is in use
   * per processor, because coding never waits.
   */
  private static final int MAX_IDLE_BUFFERS = 64;

  private final int maxBytes;
  private final TokenStreamFactory factory;
  private final Forms forms;
  private final Map<Type, Copier> copiers = new ConcurrentHashMap<>();

  public Codec() {
    this(MAX_BYTES);
  }

  /**
   * @param maxBytes how many bytes a value may take; beyond it {@code encode} throws {@link
   *     LimitExceededException}
   */
  public Codec(int maxBytes) {
    this.maxBytes = maxBytes;
    this.factory = newFactory();
    this.forms = new Forms(factory);
  }

  /** What reads and writes CBOR within the limits. */
  static TokenStreamFactory newFactory() {
    // A pool of its own: thread locals are lost on virtual threads, which live for one request.
    // Lengths are bounded by the bytes at hand, so Jackson's own limits on them would only refuse
    // what this codec wrote.
    return CBORFactory.builder()
        .recyclerPool(JsonRecyclerPools.newBoundedPool(MAX_IDLE_BUFFERS))
        .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
        .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .maxNumberLength(Integer.MAX_VALUE)
                .build())
        .build();
  }

  /**
   * The bytes of a value, by its class. Where erasure hides a type argument, each element is
   * written by its own class, so that {@code decode} can be told the whole type.
   *
   * @throws IllegalArgumentException if the value, or a part of it, cannot be encoded; the message
   *     says which part, of which class, and what to do
   * @throws LimitExceededException if it takes too many bytes
   */
  public byte[] encode(@Nullable Object value) {
    if (value == null) {
      return Scalars.encodeNull();
    }
    byte[] scalar = Scalars.encode(value);
    if (scalar != null) {
      return requireWithinLimit(scalar);
    }
    return encode(value, forms.ofValue(value), value.getClass());
  }

  /**
   * The bytes of a value, by a declared type. They are those of {@link #encode(Object)}, but a
   * value that {@code decode} would not take as that type is refused here.
   *
   * @throws IllegalArgumentException as {@link #encode(Object)}, and if it is not of the type
   * @throws LimitExceededException if it takes too many bytes
   */
  public byte[] encode(@Nullable Object value, Type declared) {
    Form form = forms.of(declared);
    if (value != null && form instanceof LeafForm<?> leaf && leaf.type() == value.getClass()) {
      byte[] scalar = Scalars.encode(value);
      if (scalar != null) {
        return requireWithinLimit(scalar);
      }
    }
    return encode(value, form, declared);
  }

  private byte[] encode(@Nullable Object value, Form form, Type type) {
    ByteSink sink = new ByteSink(maxBytes);
    try (JsonGenerator out = factory.createGenerator(ObjectWriteContext.empty(), sink)) {
      form.write(value, out);
    } catch (Mismatch e) {
      throw new IllegalArgumentException(
          "cannot encode a " + type.getTypeName() + ": " + e.describe(), e.getCause());
    } catch (StreamConstraintsException e) {
      throw new IllegalArgumentException(
          "cannot encode a "
              + type.getTypeName()
              + ": it is nested deeper than "
              + MAX_DEPTH
              + " levels; does it contain itself?",
          e);
    }
    return sink.toByteArray();
  }

  private byte[] requireWithinLimit(byte[] bytes) {
    if (bytes.length > maxBytes) {
      throw new LimitExceededException(
          "a value encodes to " + bytes.length + " bytes, limit " + maxBytes);
    }
    return bytes;
  }

  /**
   * The value of bytes that {@code encode} made, as {@code type}. Numbers are taken as any numeric
   * type that holds them exactly; entries that a record does not know are skipped; components that
   * the bytes do not have are null, or empty for a collection, map, array or {@code Optional}. The
   * value shares nothing with the bytes or with any other value.
   *
   * @return the value; null only if the bytes are those of null
   * @throws CodecException if the bytes are not those of such a type, or damaged
   * @throws IllegalArgumentException if the type cannot be decoded at all
   */
  public @Nullable Object decode(byte[] bytes, Type type) {
    Object scalar = Scalars.decode(bytes, type);
    return scalar != null ? scalar : decode(bytes, forms.of(type), type);
  }

  private @Nullable Object decode(byte[] bytes, Form form, Type type) {
    try (JsonParser in = factory.createParser(ObjectReadContext.empty(), bytes, 0, bytes.length)) {
      Tags.requireFew(bytes);
      if (in.nextToken() == null) {
        throw new Mismatch("there are no bytes");
      }
      Object value = form.read(in);
      if (in.nextToken() != null) {
        throw new Mismatch("there are bytes behind the value");
      }
      return value;
    } catch (Mismatch e) {
      throw undecodable(bytes, type, e.describe(), e.getCause());
    } catch (JacksonException e) {
      throw undecodable(bytes, type, e.getOriginalMessage(), e);
    } catch (RuntimeException e) {
      // Neither the bytes nor the parser are ours: whatever goes wrong with them, they are to
      // blame.
      throw undecodable(bytes, type, e.toString(), e);
    }
  }

  private static CodecException undecodable(
      byte[] bytes, Type type, String problem, @Nullable Throwable cause) {
    return new CodecException(
        "cannot decode " + bytes.length + " bytes as a " + type.getTypeName() + ": " + problem,
        cause);
  }

  /**
   * Why values of a declared type cannot be encoded or decoded: one message per part of the type,
   * which says where the part stands and what to do. Empty if they can be.
   */
  public List<String> problems(Type declared) {
    return Problems.of(forms.of(declared));
  }

  /** How to copy values of a declared type; resolved once, so keep it or ask again, as is handy. */
  public Copier copierOf(Type declared) {
    Copier copier = copiers.get(declared);
    if (copier == null) {
      copier = Copiers.of(declared, forms.of(declared), this);
      copiers.put(declared, copier);
    }
    return copier;
  }
}
