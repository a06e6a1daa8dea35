package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Report.BackupFacts;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a run that begins again finds the backup that it inspected. */
class InspectedTest {
  private static final Evidence.Inspected BEFORE =
      inspected("15", "7420000000000000001", "2026-03-01T03:00:00Z", "0/2000028", 1);

  @Test
  void equalIdentitiesAreTheSameBackup() {
    assertThat(
            BEFORE.otherThan(
                inspected("15", "7420000000000000001", "2026-03-01T03:00:00Z", "0/2000028", 1)))
        .isEmpty();
  }

  @Test
  void eachDifferentPartOfTheIdentityIsAnotherBackup() {
    assertThat(
            BEFORE.otherThan(
                inspected("16", "7420000000000000001", "2026-03-01T03:00:00Z", "0/2000028", 1)))
        .contains("its version is 16 and was 15");
    assertThat(
            BEFORE.otherThan(
                inspected("15", "7420000000000000002", "2026-03-01T03:00:00Z", "0/2000028", 1)))
        .contains("its system identifier is 7420000000000000002 and was 7420000000000000001");
    assertThat(
            BEFORE.otherThan(
                inspected("15", "7420000000000000001", "2026-03-02T03:00:00Z", "0/2000028", 1)))
        .contains("its START TIME is 2026-03-02T03:00:00Z and was 2026-03-01T03:00:00Z");
    assertThat(
            BEFORE.otherThan(
                inspected("15", "7420000000000000001", "2026-03-01T03:00:00Z", "0/4000028", 1)))
        .contains("its START WAL LOCATION is 0/4000028 and was 0/2000028");
    assertThat(
            BEFORE.otherThan(
                inspected("15", "7420000000000000001", "2026-03-01T03:00:00Z", "0/2000028", 2)))
        .contains("its timeline is 2 and was 1");
  }

  /**
   * A backup without a manifest tells its cluster late, one before version 11 no timeline, and
   * older evidence knew none.
   */
  @Test
  void aMissingPartOfTheIdentityIsNoDifference() {
    assertThat(BEFORE.otherThan(inspected("15", null, "2026-03-01T03:00:00Z", "0/2000028", null)))
        .isEmpty();
    assertThat(inspected("15", null, "2026-03-01T03:00:00Z", "0/2000028", null).otherThan(BEFORE))
        .isEmpty();
  }

  private static Evidence.Inspected inspected(
      String version, String system, String time, String lsn, Integer timeline) {
    return new Evidence.Inspected(
        new BackupFacts(
            "/backups/shop",
            "tar",
            version,
            system,
            Instant.parse(time),
            lsn,
            1_000L,
            List.of(),
            null),
        timeline);
  }
}
