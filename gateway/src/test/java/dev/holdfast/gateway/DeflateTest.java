// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages as others may pack them, RFC 7692 sections 7.2.3 and 8.2.3. */
class DeflateTest {
  private final Deflate deflate = new Deflate();

  private String unpacked(String hex) {
    byte[] packed = HexFormat.ofDelimiter(" ").parseHex(hex);
    return new String(deflate.unpack(packed, 1_000), StandardCharsets.UTF_8);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "one block, f2 48 cd c9 c9 07 00",
    "two blocks, f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
    "a stored block, 00 05 00 fa ff 48 65 6c 6c 6f 00",
    "a last block and the empty one, f3 48 cd c9 c9 07 00 00",
    "an empty block that says it is the last, 00 05 00 fa ff 48 65 6c 6c 6f 01"
  })
  void hello_howeverItIsPacked(String what, String hex) {
    assertThat(unpacked(hex)).as(what).isEqualTo("Hello");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "the empty block is missing, 00 05 00 fa ff 48 65 6c 6c 6f",
    "it stops within a stored block, 00 05 00 fa ff 48 65",
    "it stops within the head of one, 00 05 00 fa",
    "it stops within a last block, f3 48 cd c9 c9"
  })
  void whatIsCut_isRefused(String what, String hex) {
    assertThatThrownBy(() -> unpacked(hex))
        .as(what)
        .isInstanceOf(CorruptedWebSocketFrameException.class);
  }

  @Test
  void whatIsPackedHere_comesBack() {
    byte[] message = "the same again and ".repeat(5_000).getBytes(StandardCharsets.UTF_8);
    byte[] packed = deflate.pack(message);
    assertThat(packed.length).isLessThan(message.length / 50);
    assertThat(deflate.unpack(packed, message.length)).isEqualTo(message);
    assertThatThrownBy(() -> deflate.unpack(packed, message.length - 1))
        .isInstanceOf(CorruptedWebSocketFrameException.class);
  }
}
