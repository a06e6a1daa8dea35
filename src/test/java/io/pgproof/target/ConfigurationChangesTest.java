package io.pgproof.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationChangesTest {
  private static final String BEFORE =
      """
      containers-at-once: 1
      heartbeat-url: https://hc.example.org/T0K3N
      mail: {host: mx.example.org, from: pgproof@example.org, user: p, password-file: /etc/one}
      recipients:
        - {name: anna, mail: anna@example.org}
        - {name: hook, web-hook: "https://example.org/T0K3N", secret-file: /etc/one}
        - {name: leaving, mail: leaving@example.org}
      targets:
        - {name: shop, path: /backups/shop, max-age: 1d, schedule: "0 3 * * *"}
        - {name: crm, path: /backups/crm}
        - {name: wiki, path: /backups/wiki, assertions: [select true], tell: [anna]}
      """;
  private static final String AFTER =
      """
      containers-at-once: 2
      heartbeat-url: https://hc.example.org/T0K3N-2
      mail: {host: mx.example.org, from: pgproof@example.org, user: p, password-file: /etc/other}
      recipients:
        - {name: anna, mail: anna@example.org}
        - {name: hook, web-hook: "https://example.org/T0K3N-2", secret-file: /etc/one}
      targets:
        - {name: shop, path: /backups/shop, max-age: 2d, schedule: "0 4 * * *", watch: true}
        - {name: wiki, path: /backups/wiki-2, assertions: [select false]}
        - {name: hr, path: /backups/hr}
      """;

  @TempDir private Path directory;

  private Configuration read(String yaml) throws IOException {
    return Configuration.read(Files.writeString(directory.resolve("pgproof.yaml"), yaml));
  }

  @Test
  void eachDifferenceIsALine() throws Exception {
    assertThat(ConfigurationChanges.between(read(BEFORE), read(AFTER)))
        .containsExactly(
            "containers-at-once was 1 and is 2",
            "heartbeat-url changed",
            "target shop: max-age was PT24H and is PT48H",
            "target shop: schedule was 0 3 * * * UTC and is 0 4 * * * UTC",
            "target shop: watch was false and is true",
            "target crm removed",
            "target wiki: path was /backups/wiki and is /backups/wiki-2",
            "target wiki: assertions was [select true] and is [select false]",
            "target wiki: tell was [anna] and is []",
            "target hr added",
            "mail changed",
            "recipient hook changed",
            "recipient leaving removed");
  }

  @Test
  void theSameConfigurationHasNoDifference() throws Exception {
    assertThat(ConfigurationChanges.between(read(BEFORE), read(BEFORE))).isEmpty();
  }

  @Test
  void noSecretAndNoAddressIsTold() throws Exception {
    assertThat(ConfigurationChanges.between(read(BEFORE), read(AFTER)).toString())
        .doesNotContain("T0K3N", "/etc/one", "/etc/other", "example.org");
  }

  @Test
  void manyDifferencesAreCounted() throws Exception {
    String many =
        IntStream.range(0, 250)
            .mapToObj(i -> "  - {name: t" + i + ", path: /backups/" + i + "}\n")
            .collect(Collectors.joining("", "targets:\n", ""));
    List<String> changes = ConfigurationChanges.between(read("targets: []\n"), read(many));
    assertThat(changes).hasSize(201).contains("target t199 added").endsWith("and 50 more changes");
  }
}
