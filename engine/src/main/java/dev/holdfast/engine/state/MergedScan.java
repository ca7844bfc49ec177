// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Several ordered layers read as one map: for a key that is in more than one layer the upper one
 * counts, and {@link Overlay#ABSENT} hides what lies below.
 */
final class MergedScan {

  /** One layer with its next entry already read. */
  private static final class Layer {
    private final Iterator<Map.Entry<EntryKey, byte[]>> iterator;
    private Map.@Nullable Entry<EntryKey, byte[]> head;

    Layer(Iterator<Map.Entry<EntryKey, byte[]>> iterator) {
      this.iterator = iterator;
      advance();
    }

    void advance() {
      head = iterator.hasNext() ? iterator.next() : null;
    }
  }

  private final List<Layer> layers = new ArrayList<>(4);
  private final Comparator<EntryKey> order;

  /**
   * A scan over {@code layers}, the uppermost first, each in the direction of the scan.
   *
   * @param reverse whether it runs from the end
   */
  MergedScan(List<Iterator<Map.Entry<EntryKey, byte[]>>> layers, boolean reverse) {
    layers.forEach(iterator -> this.layers.add(new Layer(iterator)));
    this.order = reverse ? Comparator.reverseOrder() : Comparator.naturalOrder();
  }

  /** The next entry that exists; null at the end. */
  @Nullable Entry next() {
    while (true) {
      Map.Entry<EntryKey, byte[]> nearest = nearest();
      if (nearest == null) {
        return null;
      }
      for (Layer layer : layers) {
        if (layer.head != null && layer.head.getKey().equals(nearest.getKey())) {
          layer.advance();
        }
      }
      if (nearest.getValue() != Overlay.ABSENT) {
        return new Entry(nearest.getKey(), nearest.getValue());
      }
    }
  }

  private Map.@Nullable Entry<EntryKey, byte[]> nearest() {
    Map.Entry<EntryKey, byte[]> nearest = null;
    for (Layer layer : layers) {
      Map.Entry<EntryKey, byte[]> head = layer.head;
      if (head != null && (nearest == null || order.compare(head.getKey(), nearest.getKey()) < 0)) {
        nearest = head;
      }
    }
    return nearest;
  }
}
