package io.pgproof.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The lines whose hashes are signed: what is expected here must never be changed. */
class StoredEntryTest {
  private static final Instant AT = Instant.parse("2026-12-01T03:00:00.120Z");

  @Test
  void theLineOfAnEntryOfARunNeverChanges() {
    StoredEntry entry =
        new StoredEntry(
            7, "20261201-030000-aaaa", AT, "Asked", 1, "ada", "{\"depth\": \"full\",\"n\":[1, 2]}");
    assertThat(entry.line(1))
        .isEqualTo(
            "{\"v\":1,\"id\":7,\"run\":\"20261201-030000-aaaa\",\"at\":\"2026-12-01T03:00:00.120000Z\",\"kind\":\"Asked\","
                + "\"schema\":1,\"actor\":\"ada\",\"body\":{\"depth\": \"full\",\"n\":[1, 2]}}");
    assertThat(HexFormat.of().formatHex(entry.leaf(1)))
        .isEqualTo("8a97000103c55fecb894b65cdacec39769d3bab9d511880a5feb939191c6af4b");
  }

  @Test
  void theLineOfAnEntryOfTheServerNeverChanges() throws Exception {
    StoredEntry entry =
        new StoredEntry(
            8,
            null,
            Instant.parse("2026-12-01T03:00:00.000001Z"),
            "LoggedIn",
            2,
            "J\u00f6rg \"\ud83d\ude00\" \\ \n\u0001\ud800",
            "{\"name\":\"J\u00f6rg \ud83d\ude00\",\n\"x\":1}");
    assertThat(entry.line(1))
        .isEqualTo(
            "{\"v\":1,\"id\":8,\"run\":null,\"at\":\"2026-12-01T03:00:00.000001Z\",\"kind\":\"LoggedIn\",\"schema\":2,"
                + "\"actor\":\"J\u00f6rg \\\"\ud83d\ude00\\\" \\\\ \\u000a\\u0001\\ud800\",\"body\":{\"name\":\"J\u00f6rg \ud83d\ude00\",\\u000a\"x\":1}}")
        .doesNotContain("\n");
    assertThat(HexFormat.of().formatHex(entry.leaf(1)))
        .isEqualTo("a1ecd767d78af20397ed099e0aefe43e07142560c56c23b8ce35fb25d793f414");
  }

  @Test
  void aLineIsJsonWithTheColumns() throws Exception {
    String actor = "a\"b\\c\td\u2028";
    StoredEntry entry = new StoredEntry(9, null, AT, "LoggedOut", 1, actor, "{\"because\":\"x\"}");
    var line = new ObjectMapper().readTree(entry.line(1));
    assertThat(line.get("actor").asText()).isEqualTo(actor);
    assertThat(line.get("body").get("because").asText()).isEqualTo("x");
    assertThat(line.get("run").isNull()).isTrue();
  }

  @Test
  void aVersionThatDoesNotExistIsRefused() {
    StoredEntry entry = new StoredEntry(9, null, AT, "LoggedOut", 1, "ada", "{}");
    assertThatThrownBy(() -> entry.line(2)).hasMessageContaining("no version 2");
  }
}
