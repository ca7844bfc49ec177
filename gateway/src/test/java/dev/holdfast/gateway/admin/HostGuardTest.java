// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostGuardTest {
  @Test
  void the_name_that_was_configured_is_admitted_and_no_other() {
    HostGuard guard = new HostGuard("node-1.example");
    assertThat(guard.admits("node-1.example")).isTrue();
    assertThat(guard.admits("Node-1.example:9090")).isTrue();
    assertThat(guard.admits("node-2.example")).isFalse();
    assertThat(guard.admits("node-1.example.evil")).isFalse();
  }
}
