package io.pgproof.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.Trees;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.timestamp.Authorities;
import io.pgproof.timestamp.Timestamp;
import io.pgproof.timestamp.TimestampRequest;
import io.pgproof.timestamp.TimestampServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log of 22 positions. A time-stamping authority has stamped the first 20. */
class AnchoredLogTest {
  @TempDir private Path place;

  private final TimestampServer server = new TimestampServer();
  private LogFixture log;

  @BeforeEach
  void anAnchoredLog() throws Exception {
    log = LogFixture.onH2(place);
    log.record(19);
    log.take();
    log.record(1);
    anchor(checkpointText());
    log.take();
  }

  @AfterEach
  void close() {
    server.close();
    log.close();
  }

  private String checkpointText() throws Exception {
    return Files.readString(log.directory.resolve("checkpoint"));
  }

  /** Stamps a checkpoint, and records it. */
  private byte[] anchor(String checkpoint) throws Exception {
    byte[] data = checkpoint.getBytes(StandardCharsets.UTF_8);
    byte[] answer = server.stamp(new TimestampRequest(data).encoded());
    record(checkpoint, answer, Timestamp.read(answer, data, Authorities.ANY));
    return answer;
  }

  private void record(String checkpoint, byte[] answer, Timestamp timestamp) {
    record(checkpoint, timestamp, Base64.getEncoder().encodeToString(answer), server.authorities());
  }

  private void record(String checkpoint, Timestamp timestamp, String answer, String trusted) {
    new LogAnchored(
            LogAnchored.TSA,
            "https://tsa.example.org",
            checkpoint,
            null,
            new LogAnchored.Stamp(
                timestamp.time(), timestamp.authority(), timestamp.serial(), answer, trusted))
        .record(log.evidence, EvidenceLog.PGPROOF);
  }

  /** As the authority's answer is kept. */
  private Path keep(String checkpoint, byte[] answer) throws Exception {
    Path kept = Files.createDirectories(log.anchors.resolve("20261201-040001-20"));
    Files.writeString(kept.resolve("checkpoint"), checkpoint);
    Files.write(kept.resolve("checkpoint.tsr"), answer);
    Files.writeString(kept.resolve("tsa.pem"), server.authorities());
    return kept;
  }

  @Test
  void itSaysWhenItWasAnchoredAndByWhom() throws Exception {
    for (LogAudit audit : List.of(log.verify(), LogExport.verify(log.export(), List.of(), null))) {
      assertThat(audit.problems()).isEmpty();
      assertThat(audit.anchors())
          .singleElement()
          .asString()
          .startsWith("last anchored over 20 positions at ")
          .endsWith(": tsa https://tsa.example.org (CN=Test TSA)");
    }
  }

  /** Somebody who has the private key changes an entry and makes the log anew. */
  private void rewrite(String... statements) throws Exception {
    log.force(statements);
    log.force(
        "delete from pgproof_log",
        "delete from pgproof_log_checkpoint",
        "update pgproof_log_head set last_position = -1, settled = 0");
    Trees.remove(log.directory.resolve("tile"));
    Files.delete(log.directory.resolve("checkpoint"));
    assertThat(log.take()).isEmpty();
  }

  @Test
  void aLogThatWasRewrittenSinceIsFound() throws Exception {
    rewrite("update pgproof_evidence set actor = 'eve' where id = 7");
    for (LogAudit audit : List.of(log.verify(), LogExport.verify(log.export(), List.of(), null))) {
      assertThat(audit.problems())
          .singleElement()
          .asString()
          .startsWith("position 21: the anchor of ")
          .contains(
              "with https://tsa.example.org, does not fit the leaves",
              "the first 20 positions are not what was anchored, so the log was rewritten since");
    }
  }

  @Test
  void aLogThatWasRewrittenWithoutTheEntryIsFoundByTheFiles() throws Exception {
    String checkpoint = checkpointText();
    byte[] answer = anchor(checkpoint);
    log.take();
    Path kept = keep(checkpoint, answer);
    log.record(5);
    assertThat(log.verify().problems()).isEmpty();
    rewrite(
        "update pgproof_evidence set actor = 'eve' where id = 7",
        "delete from pgproof_evidence where kind = 'LogAnchored'");
    assertThat(log.verify().problems())
        .singleElement()
        .asString()
        .startsWith(kept + ", does not fit the leaves: the first 22 positions")
        .contains("rewritten since");
    rewrite("delete from pgproof_evidence where id > 10");
    assertThat(log.verify().problems())
        .singleElement()
        .asString()
        .contains(kept + " is over 22 positions", "its newest entries were removed");
  }

  @Test
  void aStampOfAnotherCheckpointIsFound() throws Exception {
    String checkpoint = checkpointText();
    byte[] other = "another".getBytes(StandardCharsets.UTF_8);
    byte[] answer = server.stamp(new TimestampRequest(other).encoded());
    record(checkpoint, answer, Timestamp.read(answer, other, Authorities.ANY));
    for (LogAudit audit : List.of(log.verify(), LogExport.verify(log.export(), List.of(), null))) {
      assertThat(audit.problems())
          .singleElement()
          .asString()
          .startsWith("position 22: the anchor of ")
          .contains(
              "the time stamp of its checkpoint could not be verified: it is a time stamp of other bytes");
    }
    Path kept = keep(checkpoint, answer);
    Files.delete(kept.resolve("tsa.pem"));
    assertThat(log.verify().problems()).anyMatch(problem -> problem.startsWith(kept.toString()));
  }

  @Test
  void aStampOfAnotherAuthorityIsFound() throws Exception {
    byte[] data = checkpointText().getBytes(StandardCharsets.UTF_8);
    try (TimestampServer other = new TimestampServer()) {
      byte[] answer = other.stamp(new TimestampRequest(data).encoded());
      keep(checkpointText(), answer);
    }
    assertThat(log.verify().problems())
        .singleElement()
        .asString()
        .contains(
            "20261201-040001-20: the time stamp of its checkpoint could not be verified: ",
            "does not lead to a trusted one");
  }

  @Test
  void whatIsWrongWithAPartOfAStampIsSaid() throws Exception {
    String checkpoint = checkpointText();
    byte[] data = checkpoint.getBytes(StandardCharsets.UTF_8);
    byte[] answer = server.stamp(new TimestampRequest(data).encoded());
    Timestamp timestamp = Timestamp.read(answer, data, Authorities.ANY);
    String good = Base64.getEncoder().encodeToString(answer);
    record(checkpoint, timestamp, "?" + good, server.authorities());
    record(checkpoint, timestamp, good, "-----BEGIN CERTIFICATE-----\n?\n");
    record(checkpoint, timestamp, good, "");
    record(checkpoint, timestamp, good.substring(0, 400), server.authorities());
    String notVerified = "the time stamp of its checkpoint could not be verified: ";
    for (LogAudit audit : List.of(log.verify(), LogExport.verify(log.export(), List.of(), null))) {
      assertThat(audit.problems())
          .satisfiesExactly(
              problem -> assertThat(problem).contains("position 22: ", "is not Base64: "),
              problem ->
                  assertThat(problem)
                      .contains(
                          "position 23: ", notVerified + "the trusted certificates are not in PEM"),
              problem ->
                  assertThat(problem)
                      .contains("position 24: ", notVerified + "there is no self-signed"),
              problem ->
                  assertThat(problem)
                      .contains("position 25: ", notVerified + "it is not the answer of"));
    }
  }

  @Test
  void aCheckpointThatNobodySignedIsFound() throws Exception {
    String checkpoint = checkpointText().replaceFirst("\n22\n", "\n21\n");
    byte[] data = checkpoint.getBytes(StandardCharsets.UTF_8);
    byte[] answer = server.stamp(new TimestampRequest(data).encoded());
    record(checkpoint, answer, Timestamp.read(answer, data, Authorities.ANY));
    assertThat(log.verify().problems())
        .singleElement()
        .asString()
        .contains("the checkpoint of position 22", "cannot be trusted");
  }

  @Test
  void aClockThatDiffersIsTold() throws Exception {
    server.time = Instant.now().minus(Duration.ofHours(3));
    anchor(checkpointText());
    LogAudit audit = log.verify();
    assertThat(audit.problems()).isEmpty();
    assertThat(audit.anchors())
        .singleElement()
        .asString()
        .contains("when the clock of pgproof said");
  }
}
