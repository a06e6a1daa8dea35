package io.pgproof.evidence.report;

import io.pgproof.evidence.RestoreTest;
import io.pgproof.evidence.report.ComplianceReport.Control;
import java.util.List;
import java.util.stream.Stream;

/** The controls that ask for restore tests, and what a restore test does not show. */
final class Controls {
  private static final String RESULTS = "Results, coverage, schedule";
  private static final String OBJECTIVES = "Data age (RPO), restore time (RTO)";
  private static final String FAILURES = "Failures and decisions, waivers";

  static final List<Control> ALL =
      List.of(
          new Control(
              "ISO/IEC 27001:2022", "A.8.13", "backup copies are tested regularly", RESULTS),
          new Control(
              "SOC 2",
              "A1.3",
              "recovery is tested, with integrity and completeness of the backup data",
              RESULTS + "; " + OBJECTIVES),
          new Control(
              "DORA, Regulation (EU) 2022/2554",
              "Art. 11(6), 12(2), 12(3)",
              "backup and restoration procedures are tested periodically; restores run on segregated systems",
              RESULTS),
          new Control(
              "DORA, Regulation (EU) 2022/2554",
              "Art. 12(6), 12(7)",
              "recovery time and recovery point objectives; checks of the integrity of restored data",
              OBJECTIVES + "; results"),
          new Control(
              "RTS, Regulation (EU) 2024/1774",
              "Art. 24-26, 40",
              "continuity and recovery plans are tested, and the results are documented",
              RESULTS + "; " + FAILURES),
          new Control(
              "NIS 2, Regulation (EU) 2024/2690",
              "Annex 4.2.3, 4.2.6",
              "recovery of backup copies is tested, documented and followed by corrective action",
              RESULTS + "; " + FAILURES),
          new Control(
              "NIST SP 800-53 Rev. 5",
              "CP-4, CP-9(1), CP-9(2), CP-10",
              "backups are tested for reliability and integrity, with restores of a sample",
              RESULTS + "; " + OBJECTIVES),
          new Control(
              "NIST CSF 2.0",
              "PR.DS-11, RC.RP-03",
              "backups are tested, and their integrity is verified before they are used",
              RESULTS),
          new Control(
              "BSI IT-Grundschutz",
              "CON.3.A15",
              "restores are tested regularly, and end in reasonable time",
              RESULTS + "; " + OBJECTIVES),
          new Control(
              "HIPAA",
              "45 CFR 164.308(a)(7)(ii)(D)",
              "contingency plans are tested and revised",
              RESULTS + "; " + FAILURES),
          new Control(
              "EU GMP Annex 11",
              "7.2",
              "integrity of backup data and the ability to restore them are monitored",
              RESULTS),
          new Control(
              "FFIEC Business Continuity Management",
              "exercises and tests",
              "recovery from backups is exercised",
              RESULTS),
          new Control(
              "PCI DSS v4",
              "12.10.1, 12.10.2",
              "the incident response plan covers recovery and is tested at least once a year",
              RESULTS + "; the requirements on the storage of backups (9.4.1) are not covered"));

  static final List<String> DOES_NOT_SHOW =
      Stream.concat(
              RestoreTest.DOES_NOT_SHOW.stream(),
              Stream.of(
                  "That any law or standard is complied with: the table of controls says where this report"
                      + " can support an assessment, and a person makes that assessment."))
          .toList();

  private Controls() {}
}
