// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  @TempDir Path folder;

  private LogFile.Ending read(byte[] file, List<byte[]> records) throws IOException {
    Path path = folder.resolve("log");
    Files.write(path, file);
    return LogFile.read(
        path,
        record -> {
          records.add(record);
          return null;
        });
  }

  private static byte[] file(List<byte[]> records) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (byte[] record : records) {
      file.writeBytes(LogFile.framed(file.size(), record));
    }
    return file.toByteArray();
  }

  private static List<byte[]> records(Random random, int count) {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] record = new byte[random.nextInt(random.nextInt(4) == 0 ? 100_000 : 300)];
      random.nextBytes(record);
      records.add(record);
    }
    return records;
  }

  @Test
  void records_of_any_length_are_read_as_they_were_framed() throws IOException {
    long seed = new Random().nextLong();
    List<byte[]> written = records(new Random(seed), 200);
    List<byte[]> found = new ArrayList<>();
    LogFile.Ending ending = read(file(written), found);

    assertThat(ending.tail()).isEqualTo(LogFile.Tail.WHOLE);
    assertThat(found)
        .as("seed %s", seed)
        .usingElementComparator(Arrays::compare)
        .isEqualTo(written);
  }

  @Test
  void a_record_that_begins_with_the_last_bytes_of_a_block_is_read_as_it_was_framed()
      throws IOException {
    for (int left = 0; left < 20; left++) {
      List<byte[]> written =
          List.of(new byte[(32 << 10) - 7 - left], new byte[100], new byte[0], new byte[40_000]);
      List<byte[]> found = new ArrayList<>();
      assertThat(read(file(written), found).tail())
          .as("%s bytes left", left)
          .isEqualTo(LogFile.Tail.WHOLE);
      assertThat(found).usingElementComparator(Arrays::compare).isEqualTo(written);
    }
  }

  @Test
  void a_file_cut_anywhere_is_torn_or_shorter_and_never_damaged() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] file = file(records(random, 40));
    for (int i = 0; i < 200; i++) {
      int cut = random.nextInt(file.length);
      LogFile.Ending ending = read(Arrays.copyOf(file, cut), new ArrayList<>());
      assertThat(ending.tail()).as("cut %s, seed %s", cut, seed).isNotEqualTo(LogFile.Tail.DAMAGED);
      assertThat(ending.intactBytes()).isLessThanOrEqualTo(cut);
    }
  }

  @Test
  void a_flipped_bit_before_another_record_is_damage_where_it_is() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<byte[]> written = records(random, 40);
    byte[] last = LogFile.framed(file(written).length, new byte[] {1, 2, 3});
    byte[] before = file(written);
    byte[] file = Arrays.copyOf(before, before.length + last.length);
    System.arraycopy(last, 0, file, before.length, last.length);
    for (int i = 0; i < 200; i++) {
      int at = random.nextInt(before.length);
      byte[] flipped = file.clone();
      flipped[at] ^= (byte) (1 << random.nextInt(8));
      List<byte[]> found = new ArrayList<>();
      LogFile.Ending ending = read(flipped, found);
      if (ending.tail() == LogFile.Tail.WHOLE) {
        // The padding at the end of a block belongs to no record.
        assertThat(found).hasSize(written.size() + 1);
      } else {
        assertThat(ending.tail()).as("byte %s, seed %s", at, seed).isEqualTo(LogFile.Tail.DAMAGED);
        assertThat(ending.intactBytes()).isLessThanOrEqualTo(at);
      }
    }
  }

  @Test
  void an_empty_file_is_whole() throws IOException {
    assertThat(read(new byte[0], new ArrayList<>()).tail()).isEqualTo(LogFile.Tail.WHOLE);
  }
}
