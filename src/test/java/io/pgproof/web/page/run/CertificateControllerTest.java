package io.pgproof.web.page.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.ClockHold;
import io.pgproof.certificate.RecordedRuns;
import io.pgproof.evidence.RunHistory;
import io.pgproof.proof.RunId;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.ui.ExtendedModelMap;
import org.springframework.web.server.ResponseStatusException;

/** What the pages of a certificate answer when none is issued. */
class CertificateControllerTest {
  private final ClockHold hold = new ClockHold();
  private final ExtendedModelMap page = new ExtendedModelMap();
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private RecordedRuns runs;
  private CertificateController controller;

  @BeforeEach
  void record(@TempDir Path state) {
    runs = new RecordedRuns(state);
    controller =
        new CertificateController(
            new RunHistory(runs.log.evidence),
            runs.certificates(
                runs.keys(Clock.systemUTC()), hold.on(Clock.systemUTC()), Duration.ofMillis(50)));
  }

  @AfterEach
  void close() {
    runs.close();
  }

  private String download(RunId run) throws Exception {
    return controller.pdf(run.value(), new ExtendedModelMap(), new MockHttpServletResponse());
  }

  @Test
  void aRequestThatWouldWaitLongIsToldWhenToAskAgain() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<String>> issued = new ArrayList<>();
    hold.hold();
    try {
      for (int i = 0; i < 2; i++) {
        issued.add(threads.submit(() -> download(RecordedRuns.REFUTED)));
      }
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> hold.waiting() == 2);
      assertThat(controller.show(RecordedRuns.REFUTED.value(), page, response))
          .isEqualTo("no-certificate");
    } finally {
      hold.release();
      threads.shutdown();
    }
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(response.getHeader("Retry-After")).isEqualTo("1");
    assertThat(page.get("run")).isEqualTo(RecordedRuns.REFUTED.value());
    assertThat(page.get("message"))
        .isEqualTo("other certificates are being issued, at most 2 at a time");
    assertThat(page.get("hint")).isEqualTo("ask again in 1 s");
    for (Future<String> download : issued) {
      assertThat(download.get(60, TimeUnit.SECONDS)).as("a file was sent").isNull();
    }
  }

  @Test
  void aRunWithoutACertificateSaysWhy() throws Exception {
    assertThat(controller.zip(RecordedRuns.INCONCLUSIVE.value(), page, response))
        .isEqualTo("no-certificate");
    assertThat(response.getStatus()).isEqualTo(409);
    assertThat((String) page.get("message")).contains("is inconclusive");
    assertThat((String) page.get("hint")).startsWith("verify the backup again");
  }

  @Test
  void aRunWhoseEvidenceWasRemovedSaysSo() throws Exception {
    runs.log.jdbc.update(
        "insert into pgproof_removal (entry, at, export_sha256)"
            + " select max(id), current_timestamp, 'ab12' from pgproof_evidence");
    runs.log.jdbc.update(
        "insert into pgproof_removed_run (run, entry, missed)"
            + " select '20251201-030000-past', entry, 0 from pgproof_removal");
    assertThat(controller.show("20251201-030000-past", page, response)).isEqualTo("no-certificate");
    assertThat(response.getStatus()).isEqualTo(410);
    assertThat((String) page.get("message")).contains("ab12", "there is nothing to certify");
    assertThat(page.get("hint"))
        .isEqualTo("use the certificate that was issued before, or the export");
  }

  @ParameterizedTest
  @ValueSource(strings = {"20991201-030000-none", "shop"})
  void aRunThatDoesNotExistIsNotFound(String run) {
    assertThatThrownBy(() -> controller.show(run, page, response))
        .isInstanceOfSatisfying(
            ResponseStatusException.class,
            refused -> assertThat(refused.getStatusCode().value()).isEqualTo(404));
  }
}
