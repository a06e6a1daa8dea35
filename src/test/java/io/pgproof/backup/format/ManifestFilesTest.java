package io.pgproof.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.FileChecksum;
import io.pgproof.backup.format.Manifest.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ManifestFilesTest {
  @Test
  void everyListedFileIsFoundAndNoOther() {
    ManifestFiles files = new ManifestFiles();
    Map<String, Entry> expected = new HashMap<>();
    Random random = new Random(7);
    long bytes = 0;
    List<FileChecksum> algorithms = List.of(FileChecksum.values());
    for (int i = 0; i < 50_000; i++) {
      FileChecksum algorithm = algorithms.get(i % algorithms.size());
      byte[] checksum = new byte[algorithm.length()];
      random.nextBytes(checksum);
      // Names of all lengths, bytes above 127 among them.
      String name = "base/" + "\u00ff".repeat(i % 300) + "/" + i;
      Entry entry = new Entry(random.nextLong() >>> 20, algorithm, checksum);
      bytes += entry.size();
      assertThat(files.add(name, entry)).isTrue();
      expected.put(name, entry);
    }

    assertThat(files.count()).isEqualTo(expected.size());
    assertThat(files.bytes()).isEqualTo(bytes);
    expected.forEach(
        (name, entry) -> {
          int place = files.find(name);
          assertThat(files.name(place)).isEqualTo(name);
          Entry found = files.entry(place);
          assertThat(found.size()).isEqualTo(entry.size());
          assertThat(found.algorithm()).isEqualTo(entry.algorithm());
          assertThat(found.checksum()).isEqualTo(entry.checksum());
          assertThat(files.find(name + "x")).isNegative();
          assertThat(files.add(name, entry)).isFalse();
        });
    int[] seen = new int[1];
    files.forEachPlace(place -> seen[0]++);
    assertThat(seen[0]).isEqualTo(expected.size());
  }
}
