// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.Env;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.activation.ActivationTable;
import dev.holdfast.engine.activation.Calls;
import dev.holdfast.engine.activation.Residents;
import dev.holdfast.engine.codec.ExceptionCodec;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stands behind a namespace: its ids, its remote interface, its activations. Immutable. */
public final class NamespaceRuntime<T> {
  private final RemoteInterface<T> type;
  private final IdAuthority ids;
  private final ActivationTable table;
  private final Calls calls;
  private final Listing listing;
  private final DeclaredFailures fetchFailures;

  /**
   * The runtime of a namespace.
   *
   * @param secret authenticates its ids
   * @throws IllegalArgumentException listing what is wrong with the remote interface
   */
  public NamespaceRuntime(
      ObjectClass<T> objectClass,
      byte[] secret,
      Residents residents,
      Env env,
      ExceptionCodec exceptions) {
    this.type = new RemoteInterface<>(objectClass.type(), residents.codec(), exceptions);
    this.ids = new IdAuthority(objectClass.namespace(), secret, new SecureRandom());
    this.table = new ActivationTable(objectClass, residents, env);
    this.calls = new Calls(table);
    this.listing = new Listing(objectClass.namespace(), residents.directory());
    this.fetchFailures = new DeclaredFailures(exceptions, Set.of());
    residents.add(table);
  }

  /** The namespace's name. */
  public String name() {
    return table.namespace();
  }

  /** The interface through which its objects are called. */
  public Class<T> type() {
    return type.type();
  }

  /** The namespace for callers. */
  public ObjectNamespace<T> namespace() {
    return new Namespace<>(this, null);
  }

  /** The activations. */
  public ActivationTable table() {
    return table;
  }

  RemoteInterface<T> remoteInterface() {
    return type;
  }

  IdAuthority ids() {
    return ids;
  }

  Calls calls() {
    return calls;
  }

  Listing listing() {
    table.checkAdmitted();
    return listing;
  }

  DeclaredFailures fetchFailures() {
    return fetchFailures;
  }

  T stub(ObjectId id, @Nullable Duration timeout) {
    return type.stub(new Stub<>(this, id, timeout));
  }
}
