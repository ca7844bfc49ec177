// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.object;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

/** Lines of JSON for those who go away. */
class JsonLineTest {

  @Test
  void what_cannot_be_written_is_no_defect() {
    IOException gone = new IOException("Broken pipe");
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw gone;
          }
        };
    for (OutputStream each : new OutputStream[] {out, new BufferedOutputStream(out, 10)}) {
      assertThatThrownBy(
              () -> JsonLine.write(each, json -> json.writeStringProperty("a", "x".repeat(20_000))))
          .isSameAs(gone);
    }
  }
}
