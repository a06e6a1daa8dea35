package io.pgproof.damage;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.Remains;
import io.pgproof.RequestBuilder;
import io.pgproof.TestEnvironment;
import io.pgproof.damage.DamagedBackup.Listing;
import io.pgproof.proof.Check;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import io.pgproof.target.VerificationRequest;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of damage in the catalogue, given to the whole program: it is never called sound. */
@Tag("container")
class DamageTest {
  private static final Map<Integer, Scene> SCENES = new HashMap<>();

  @TempDir Path place;

  private static Scene scene(int major) {
    return SCENES.computeIfAbsent(major, Scene::of);
  }

  @AfterAll
  static void forgetThem() {
    SCENES.clear();
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(TestEnvironment.state());
  }

  static Stream<Arguments> damages() {
    return Catalogue.all().stream()
        .flatMap(damage -> damage.majors().stream().map(major -> Arguments.of(damage, major)));
  }

  @ParameterizedTest(name = "{0}, PostgreSQL {1}")
  @MethodSource("damages")
  void theDamageIsFoundOrReportedAsNotChecked(Damage damage, int major) {
    Scene scene = scene(major);
    DamagedBackup backup = new DamagedBackup(scene.sound());
    damage.act().on(backup, scene);
    Report report = verify(backup.write(place.resolve("backup"), damage.listing()), damage.depth());
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo(damage.verdict());
    assertThat(damage.reasons()).as(report.toString()).contains(report.reason().code());
    if (damage.verdict().equals("proven")) {
      assertThat(report.coverage().notChecked())
          .as(report.toString())
          .anyMatch(open -> open.startsWith(damage.by()));
    } else {
      String failed =
          report.coverage().checks().stream()
              .filter(check -> check.outcome().word().equals("failed"))
              .map(Check::name)
              .findFirst()
              .orElse("");
      assertThat(failed).as(report.toString()).isEqualTo(damage.by());
    }
  }

  private static Report verify(Path backup, Depth depth) {
    VerificationRequest request = TestEnvironment.request(backup);
    return TestEnvironment.verify(RequestBuilder.from(request).depth(depth).build());
  }

  @ParameterizedTest(name = "manifest {0}, {1}")
  @CsvSource({"KEPT, STANDARD", "REWRITTEN, DEEP", "DROPPED, STANDARD"})
  void anUndamagedRepackedCopyIsProven(Listing listing, Depth depth) {
    SoundBackup sound = scene(15).sound();
    DamagedBackup backup = new DamagedBackup(sound);
    assertThat(backup.base().bytes()).isEqualTo(sound.base().bytes());
    assertThat(backup.wal().bytes()).isEqualTo(sound.wal().bytes());
    Report report = verify(backup.write(place.resolve("backup"), listing), depth);

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks())
        .as(report.toString())
        .allMatch(check -> check.outcome().word().matches("passed|skipped"));
  }

  @Test
  void aReversedOrderOfMembersIsProven() {
    DamagedBackup backup = new DamagedBackup(scene(15).sound());
    Collections.reverse(backup.base().members());
    Report report = verify(backup.write(place.resolve("backup"), Listing.KEPT), Depth.STANDARD);

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
  }

  @Test
  void everyPageOfTheSoundBackupHasTheComputedChecksum() {
    int pages = 0;
    for (Tar.Member member : scene(15).sound().base().members()) {
      if (member.name().matches("base/\\d+/\\d+")) {
        for (int block = 0; block < Pages.count(member.content()); block++) {
          int carried = Pages.carried(member.content(), block);
          if (carried != 0) {
            assertThat(carried)
                .as("block %d of %s", block, member.name())
                .isEqualTo(Pages.checksum(member.content(), block));
            pages++;
          }
        }
      }
    }
    assertThat(pages).isGreaterThan(3000);
  }
}
