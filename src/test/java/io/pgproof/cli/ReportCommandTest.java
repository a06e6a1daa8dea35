package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.command.Trees;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reports on the command line, without a server, about nights in the past. */
@Tag("root")
class ReportCommandTest {
  private static final Instant FIRST = Instant.parse("2026-10-25T03:30:00Z");
  private static StateDirectory state;

  @TempDir private Path place;

  @BeforeAll
  static void recordNights() throws IOException {
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    Path config = state.path().resolve(Configuration.FILE);
    Files.writeString(
        config,
        """
        targets:
          - {name: shop, path: /backups/shop, schedule: "30 3 * * *", max-age: 24h, rto-objective: 12m}
          - {name: billing, path: /backups/billing, schedule: "0 4 * * *"}
          - {name: archive, path: /backups/archive}
        """);
    Configuration configuration = Configuration.read(config);
    PastRuns past = new PastRuns(state);
    for (int night = 0; night < 37; night++) {
      Instant at = FIRST.plus(Duration.ofDays(night));
      Verdict verdict =
          night == 14 ? Verdict.STALE : night == 20 ? Verdict.INCONCLUSIVE : Verdict.PROVEN;
      RunId run =
          past.record(
              configuration.target("shop").request("schedule"),
              new PastRuns.Night(
                  at,
                  verdict,
                  verdict == Verdict.STALE ? Duration.ofHours(26) : Duration.ofMinutes(200 + night),
                  Duration.ofSeconds(600 + night * 5)));
      past.add(
          run,
          at,
          "pgproof",
          new Evidence.Due(
              at, night == 25 ? 3 : 1, night == 25 ? Duration.ofHours(50) : Duration.ZERO));
      if (verdict == Verdict.STALE) {
        Instant seen = at.plus(Duration.ofHours(5));
        past.add(
            run,
            at,
            "pgproof",
            new Evidence.TaskOpened(
                Evidence.REVIEW_STALE_BACKUP, "Review stale backup", "backup-operators"));
        past.add(
            run,
            seen,
            "olga",
            new Evidence.Decided(
                Evidence.REVIEW_STALE_BACKUP,
                "Review stale backup",
                "accept",
                "the source was down for maintenance"));
        past.add(
            run,
            seen,
            "olga",
            new Evidence.WaiverGranted(
                "7714060456605226458", at.plus(Duration.ofDays(3)), "the source was down"));
      }
      if (night < 30) {
        past.record(
            configuration.target("billing").request("schedule"),
            new PastRuns.Night(
                at.plusSeconds(1_800),
                night > 27 ? Verdict.REFUTED : Verdict.PROVEN,
                Duration.ofMinutes(300 + night * 13 % 200),
                Duration.ofSeconds(900 + night * 17 % 200)));
      }
    }
  }

  @AfterAll
  static void removeIt() throws IOException {
    Trees.remove(state.path());
  }

  private static String answer(int status, String... arguments) throws Exception {
    try (Program program = Program.start(state.path(), arguments)) {
      assertThat(program.await()).as(program.out() + program.err()).isEqualTo(status);
      return status == 0 ? program.out() : program.out() + program.err();
    }
  }

  private String report(String name, String... more) throws Exception {
    String[] arguments = new String[4 + more.length];
    arguments[0] = "report";
    arguments[1] = "--from=2026-11-01";
    arguments[2] = "--to=2026-11-30";
    arguments[3] = "--out=" + place.resolve(name);
    System.arraycopy(more, 0, arguments, 4, more.length);
    return answer(0, arguments);
  }

  @Test
  void theJsonFormHasTheFiguresOfThePeriod() throws Exception {
    assertThat(report("november.json")).endsWith("covers 3 targets and 53 runs\n");
    JsonNode report = new ObjectMapper().readTree(place.resolve("november.json").toFile());
    assertThat(report.at("/coverage/configured").asInt()).isEqualTo(3);
    assertThat(report.at("/coverage/notVerified").toString()).isEqualTo("[\"archive\"]");
    assertThat(report.at("/scope/configuration").asText()).endsWith("/pgproof.yaml");
    JsonNode shop = report.at("/targets/2");
    assertThat(shop.get("target").asText()).isEqualTo("shop");
    assertThat(shop.at("/due/onTime").asInt()).isEqualTo(29);
    assertThat(shop.at("/due/missed").asInt()).isEqualTo(3);
    assertThat(shop.at("/rto/objectiveSeconds").asLong()).isEqualTo(720);
    assertThat(shop.at("/rto/worst/seconds").asLong()).isEqualTo(780);
    assertThat(shop.at("/rto/missed")).hasSize(12);
    assertThat(report.at("/failures")).hasSize(4);
    assertThat(report.at("/failures/0/state").asText()).isEqualTo("decided");
    assertThat(report.at("/failures/0/steps/0/by").asText()).isEqualTo("olga");
    assertThat(report.at("/waivers")).hasSize(1);
  }

  @Test
  void onlyTheChosenTargetsAreInTheCsvForm() throws Exception {
    assertThat(report("billing.csv", "--target", "billing", "archive"))
        .endsWith("covers 2 targets and 23 runs\n");
    assertThat(Files.readString(place.resolve("billing.csv")))
        .startsWith("row,target,run,")
        .contains("billing")
        .doesNotContain(",shop,");
  }

  @Test
  void thePdfFormIsWritten() throws Exception {
    report("november.pdf");
    assertThat(place.resolve("november.pdf"))
        .binaryContent()
        .startsWith("%PDF-".getBytes(StandardCharsets.US_ASCII));
    Files.createDirectories(Path.of("target", "screenshots"));
    Files.copy(
        place.resolve("november.pdf"),
        Path.of("target", "screenshots", "report.pdf"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void aFileThatExistsIsNotOverwritten() throws Exception {
    Path file = Files.writeString(place.resolve("mine.json"), "mine");
    assertThat(answer(2, "report", "--from=2026-11-01", "--to=2026-11-30", "--out=" + file))
        .contains("--out exists: " + file, "HINT:");
    assertThat(file).hasContent("mine");
  }

  @Test
  void aTargetThatDoesNotExistLeavesNoFile() throws Exception {
    Path file = place.resolve("report.html");
    assertThat(
            answer(
                2,
                "report",
                "--from=2026-11-01",
                "--to=2026-11-30",
                "--target=shpo",
                "--out=" + file))
        .contains("there is no target 'shpo'", "HINT: the targets are archive, billing, shop");
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--from=2026-11-01 --to=2026-11-30 --out=%s/report.doc | says no format",
        "--from=2026-11-01 --to=2026-11-30 --out=%s/no/report.csv | directory that does not exist",
        "--from=2026-11-31 --to=2026-11-30 --out=%s/report.csv | --from is '2026-11-31'",
        "--from=2026-11-02 --to=2026-11-01 --out=%s/report.csv | --to is earlier",
        "--from=2026-11-02 --to=2999-11-01 --out=%s/report.csv | --to is '2999-11-01'",
        "--from=2026-11-01 --out=%s/report.csv | Missing required option: '--to=DATE'",
      })
  void aMistakeIsWrongUsage(String options, String said) {
    String[] arguments =
        ("report " + options.formatted(place) + " --state=" + place.resolve("state")).split(" ");
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      assertThat(Main.run(arguments)).isEqualTo(2);
    } finally {
      System.setErr(before);
    }
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(said, "HINT:");
    assertThat(place).isEmptyDirectory();
  }
}
