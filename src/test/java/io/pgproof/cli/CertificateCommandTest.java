package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.command.Trees;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates on the command line, without a server. */
@Tag("root")
class CertificateCommandTest {
  private static StateDirectory state;
  private static RunId proven;
  private static RunId inconclusive;

  @TempDir private Path place;

  @BeforeAll
  static void recordNights() throws IOException {
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    PastRuns past = new PastRuns(state);
    proven = record(past, "2026-11-28T03:30:00Z", Verdict.PROVEN);
    inconclusive = record(past, "2026-11-29T03:30:00Z", Verdict.INCONCLUSIVE);
  }

  private static RunId record(PastRuns past, String at, Verdict verdict) {
    return past.record(
        Settings.NONE.request(Optional.of("shop"), Path.of("/backups/shop"), "schedule"),
        new PastRuns.Night(
            Instant.parse(at), verdict, Duration.ofHours(4), Duration.ofMinutes(10)));
  }

  @AfterAll
  static void removeIt() throws IOException {
    Trees.remove(state.path());
  }

  private static String answer(int status, String... arguments) throws Exception {
    try (Program program = Program.start(state.path(), arguments)) {
      assertThat(program.await()).as(program.out() + program.err()).isEqualTo(status);
      return program.out() + program.err();
    }
  }

  /** Not one entry is in the log before. */
  @Test
  void aCertificateIsWrittenAndVerified() throws Exception {
    Path out = place.resolve("shop");
    assertThat(answer(0, "certificate", proven.value(), "--out", out.toString()))
        .contains(out + " has the certificate of run " + proven + "; VERIFY.txt");
    Process java =
        new ProcessBuilder("java", "VerifyPgproof.java", ".")
            .directory(out.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(java.waitFor()).as(said).isZero();
    assertThat(said)
        .contains("run     " + proven, "verdict proven", "OK      everything in . fits");
    assertThat(answer(2, "certificate", proven.value(), "--out", out.toString()))
        .contains("--out is not an empty directory: " + out, "HINT:");
  }

  @Test
  void aRunWithoutAConclusionGetsNone() throws Exception {
    Path out = place.resolve("shop");
    assertThat(answer(2, "certificate", inconclusive.value(), "--out", out.toString()))
        .contains(
            "run " + inconclusive + " is inconclusive, so there is nothing to certify",
            "HINT: verify the backup again");
    assertThat(out).doesNotExist();
  }
}
