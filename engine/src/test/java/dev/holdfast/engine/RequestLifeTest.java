// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Body;
import dev.holdfast.Response;
import org.junit.jupiter.api.Test;

/** A body that is not read, or not to its end, keeps nobody. */
class RequestLifeTest extends RequestStreamingSuite {
  @Test
  void writtenBody_thatNobodyReads_isNeverWritten() {
    Body body = Body.writing(out -> ended.complete("written"));
    assertThat(get(answer("a", post("ignore", body)))).isEqualTo("ignored");
    test.letSleep();
    assertThat(ended).isNotDone();
  }

  @Test
  void writtenBody_ofWhichNotAllIsRead_endsItsWriter() {
    Body body = Body.writing(out -> writeForEver(out, ended));
    assertThat(get(answer("a", post("first", body)))).isNotEmpty();
    assertThat(get(ended)).contains("its reader has closed it");
    test.letSleep();
  }

  @Test
  void writtenBody_thatAnObjectLeavesOpen_endsWithItsEvent() {
    test.handler("leave-open", (self, request) -> Response.text(request.body().stream().read()));
    Body body = Body.writing(out -> writeForEver(out, ended));
    assertThat(get(answer("a", post("leave-open", body)))).isEqualTo("0");
    assertThat(get(ended)).contains("it has ended");
  }

  @Test
  void bodyOfAnObject_thatNobodyReads_isNeverWritten() {
    assertThat(
            get(sendFromObject("ignore", self -> Body.writing(out -> ended.complete("written")))))
        .isEqualTo("ignored");
    test.letSleep();
    assertThat(ended).isNotDone();
  }

  @Test
  void bodyOfAnObject_ofWhichNotAllIsRead_endsItsWriter() {
    assertThat(get(sendFromObject("first", self -> Body.writing(out -> writeForEver(out, ended)))))
        .isNotEmpty();
    get(ended);
    test.letSleep();
  }
}
