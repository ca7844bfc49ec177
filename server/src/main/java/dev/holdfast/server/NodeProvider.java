// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.Holdfast;

/** Where {@link Holdfast#builder()} finds this module. */
public final class NodeProvider implements Holdfast.Provider {
  @Override
  public Holdfast.Builder newBuilder() {
    return new NodeBuilder();
  }
}
