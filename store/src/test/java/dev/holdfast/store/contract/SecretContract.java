// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Secrets of namespaces: made once, never lost. */
abstract class SecretContract extends ContractTest {

  @Test
  void a_secret_has_32_bytes_and_stays() throws Exception {
    byte[] secret = store().namespaceSecret("A");

    assertThat(secret).hasSize(32);
    assertThat(store().namespaceSecret("A")).isEqualTo(secret);
    reopen();
    assertThat(store().namespaceSecret("A")).isEqualTo(secret);
    assertThat(secret).isNotEqualTo(new byte[32]);
  }

  @Test
  void every_namespace_has_its_own() throws Exception {
    byte[] a = store().namespaceSecret("A");
    byte[] b = store().namespaceSecret("B");
    byte[] empty = store().namespaceSecret("AB");

    assertThat(a).isNotEqualTo(b);
    assertThat(empty).isNotEqualTo(a).isNotEqualTo(b);
    reopen();
    assertThat(store().namespaceSecret("B")).isEqualTo(b);
    assertThat(store().namespaceSecret("A")).isEqualTo(a);
  }

  @Test
  void it_does_not_change_when_a_caller_writes_to_it() {
    byte[] secret = store().namespaceSecret("A");
    byte[] copy = secret.clone();
    Arrays.fill(secret, (byte) 0);

    assertThat(store().namespaceSecret("A")).isEqualTo(copy);
  }

  @Test
  void threads_that_ask_first_at_once_are_told_the_same() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> asked = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        asked.add(threads.submit(() -> store().namespaceSecret("A")));
      }
      byte[] secret = store().namespaceSecret("A");
      for (Future<byte[]> told : asked) {
        assertThat(told.get()).isEqualTo(secret);
      }
    }
  }
}
