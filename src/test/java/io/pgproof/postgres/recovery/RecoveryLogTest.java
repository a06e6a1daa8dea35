package io.pgproof.postgres.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.format.Lsn;
import io.pgproof.postgres.server.ServerLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryLogTest {
  @TempDir Path temp;

  @Test
  void openServersAreRecognizedInEveryVersion() throws IOException {
    for (int version : new int[] {13, 15, 17}) {
      RecoveryLog log = RecoveryFailureTest.log(version, "opened");
      assertThat(log.ready()).isTrue();
      assertThat(log.redoStarts()).isPresent();
      assertThat(log.consistent()).isPresent();
      assertThat(log.redoDone()).isPresent();
      assertThat(log.lastCommit()).isPresent();
      assertThat(log.labelIgnored()).isFalse();
      assertThat(log.fatal()).isEmpty();
    }
    assertThat(RecoveryFailureTest.log(15, "opened").redoStarts()).contains(Lsn.parse("0/2015C38"));
    assertThat(RecoveryFailureTest.log(15, "opened").lastCommit())
        .contains(Instant.parse("2026-11-22T20:12:11.880766Z"));
  }

  @Test
  void recoveryWithoutTheLabelIsNoticedInEveryVersion() throws IOException {
    for (int version : new int[] {13, 15, 17}) {
      RecoveryLog log = RecoveryFailureTest.log(version, "label-ignored");
      assertThat(log.labelIgnored()).isTrue();
      assertThat(log.consistent()).as("the server says so all the same").isPresent();
    }
  }

  @Test
  void commitTimesAreReadInEveryTimeZoneFormat() {
    assertThat(commit("2026-11-22 20:12:11.88+00")).isEqualTo("2026-11-22T20:12:11.880Z");
    assertThat(commit("2026-11-22 20:12:11+01")).isEqualTo("2026-11-22T19:12:11Z");
    assertThat(commit("2026-11-22 20:12:11.5+05:30")).isEqualTo("2026-11-22T14:42:11.500Z");
    assertThat(commit("2026-11-22 20:12:11.123456 UTC")).isEqualTo("2026-11-22T20:12:11.123456Z");
    assertThat(commit("2026-11-22 20:12:11 CET")).isNull();
  }

  @Test
  void progressOfRedoIsKept() {
    RecoveryLog log = new RecoveryLog();
    log.add(line("LOG:  redo in progress, elapsed time: 10.00 s, current LSN: 1/3000060"));
    assertThat(log.replayed()).contains(Lsn.parse("1/3000060"));
    assertThat(log.progress()).hasValueSatisfying(text -> assertThat(text).contains("10.00 s"));
  }

  @Test
  void aFloodOfLinesIsNotKept() {
    RecoveryLog log = new RecoveryLog();
    for (int i = 0; i < 100_000; i++) {
      log.add(line("LOG:  strange " + i));
      log.add("foreign " + i);
    }
    log.add(line("FATAL:  the end"));
    for (int i = 0; i < 100; i++) {
      log.add(line("HINT:  more " + i));
    }
    assertThat(log.errorLines().lines().count()).isLessThan(20);
    assertThat(log.errorLines()).contains("strange 99999").contains("FATAL:  the end");
  }

  @Test
  void onlyCompleteLinesArePassedOn() throws IOException {
    Path file = temp.resolve("server.log");
    ServerLog log = new ServerLog(file);
    assertThat(lines(log)).isEmpty();
    Files.writeString(file, "one\ntw");
    assertThat(lines(log)).containsExactly("one");
    Files.writeString(file, "o\nthree\n", StandardOpenOption.APPEND);
    assertThat(lines(log)).containsExactly("two", "three");
  }

  @Test
  void longLinesAndControlCharactersAreCut() throws IOException {
    Path file = temp.resolve("server.log");
    Files.write(
        file,
        ("a\u001b[31mred\u0007\u202e\r\n" + "x".repeat(10_000_000) + "\nlast\n")
            .getBytes(StandardCharsets.UTF_8));
    List<String> lines = lines(new ServerLog(file));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).doesNotContainPattern("\\p{Cntrl}|\u202e").contains("red");
    assertThat(lines.get(1).length()).isLessThan(10_000);
    assertThat(lines.get(2)).isEqualTo("last");
  }

  @Test
  void aLinkInsteadOfTheLogIsNotFollowed() throws IOException {
    Path secret = Files.writeString(temp.resolve("secret"), "secret\n");
    Path file = Files.createSymbolicLink(temp.resolve("server.log"), secret);
    assertThat(lines(new ServerLog(file))).isEmpty();
  }

  private static List<String> lines(ServerLog log) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean more = true;
    while (more) {
      more = log.read(lines::add);
    }
    return lines;
  }

  private static Instant commit(String time) {
    RecoveryLog log = new RecoveryLog();
    log.add(line("LOG:  last completed transaction was at log time " + time));
    return log.lastCommit().orElse(null);
  }

  private static String line(String rest) {
    return "2026-11-22 20:12:15.620 UTC [36] 00000 " + rest;
  }
}
