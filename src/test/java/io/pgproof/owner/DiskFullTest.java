package io.pgproof.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Bench;
import io.pgproof.Remains;
import io.pgproof.proof.Report;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state directory on a small file system of its own, which fills for real. */
@Tag("container")
class DiskFullTest {
  @TempDir
  Path place;

  private StateDirectory state;
  private Owner owner;

  @BeforeEach
  void mount() throws Exception {
    Bench.image(15);
    run("mount", "-t", "tmpfs", "-o", "size=1200m,mode=0700", "pgproof-test", place.toString());
    state = new StateDirectory(place);
    Files.createDirectory(state.images());
    run("mount", "--bind", Bench.state().images().toString(), state.images().toString());
    System.setProperty("pgproof.reserve", "512MB");
    try {
      owner = Owner.start(Ownership.take(state).orElseThrow(), false);
    } finally {
      System.clearProperty("pgproof.reserve");
    }
  }

  @AfterEach
  void unmount() throws Exception {
    owner.close();
    run("umount", state.images().toString());
    run("umount", place.toString());
  }

  @Test
  void aQueryThatFillsTheDiskIsEndedBeforeTheEngineStarves() throws Exception {
    Path backup = Bench.backup(15);
    Report report = verify(backup,
        "select count(*) > 0 from (select md5(g::text) from generate_series(1, 60000000) g order by 1) sorted");

    assertThat(report.verdict()).as(report.toString()).isEqualTo("inconclusive");
    assertThat(report.reason()).isEqualTo("disk-full");
    assertThat(report.message()).contains("the restored server filled the disk");
    Remains.assertNone(state);
    assertThat(verify(backup, "select true").verdict()).as("the engine lives on").isEqualTo("proven");
  }

  @Test
  void aRestoreThatDoesNotFitIsInconclusiveAndLeavesNothing() throws Exception {
    fill(place.resolve("ballast"), 620);
    Report report = verify(Bench.backup(15), "select true");

    assertThat(report.verdict()).as(report.toString()).isEqualTo("inconclusive");
    assertThat(report.reason()).isEqualTo("disk-full");
    Remains.assertNone(state);
  }

  private Report verify(Path backup, String assertion) throws Exception {
    try (ControlClient client = ControlClient.connect(state).orElseThrow()) {
      Reply reply = client.ask(new Request.Verify(Bench.request(backup, null, assertion)), said -> {}).orElseThrow();
      assertThat(reply).isInstanceOf(Reply.Verdict.class);
      return ((Reply.Verdict) reply).report();
    }
  }

  private static void fill(Path file, int mebibytes) throws IOException {
    byte[] mebibyte = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mebibytes; i++) {
        out.write(mebibyte);
      }
    }
  }

  private static void run(String... line) throws Exception {
    assertThat(new ProcessBuilder(line).inheritIO().start().waitFor()).as(List.of(line).toString()).isZero();
  }
}
