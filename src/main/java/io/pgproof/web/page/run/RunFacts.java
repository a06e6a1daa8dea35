package io.pgproof.web.page.run;

import io.pgproof.evidence.Evidence;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Report;
import io.pgproof.target.VerificationRequest;
import io.pgproof.web.page.Fact;
import io.pgproof.web.page.Tile;
import io.pgproof.web.view.RunDetails;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The facts of a run that its page lists: the figures, the backup, and the request. */
final class RunFacts {
  private RunFacts() {}

  /** Returns the figures of a run, as far as they are known. */
  static List<Tile> tiles(RunDetails run) {
    Report report = run.report();
    List<Tile> tiles = new ArrayList<>();
    Report.FreshnessFacts freshness = report.freshness();
    if (freshness != null && freshness.ageSeconds() != null) {
      long age = freshness.ageSeconds();
      tiles.add(
          Tile.limited(
              "Data age (RPO)",
              HumanFormat.duration(Duration.ofSeconds(age)),
              HumanFormat.duration(Duration.ofSeconds(freshness.maxAgeSeconds())) + " allowed",
              age <= freshness.maxAgeSeconds()));
    }
    if (run.ended() && report.totalMillis() != null) {
      tiles.add(
          Tile.of(
              "Took", HumanFormat.measured(Duration.ofMillis(report.totalMillis())), "all phases"));
    }
    Report.BackupFacts backup = report.backup();
    if (backup != null) {
      tiles.add(
          Tile.of("Backup", HumanFormat.bytes(backup.bytes()), backup.format() + ", as stored"));
      Report.ImageFacts image = report.image();
      tiles.add(
          Tile.of(
              "PostgreSQL",
              backup.postgresVersion(),
              image == null ? null : "restored with " + image.postgresVersion()));
    }
    return tiles;
  }

  /** Returns what is known about the backup. */
  static List<Fact> backup(RunDetails run) {
    Report report = run.report();
    List<Fact> facts = new ArrayList<>();
    Report.BackupFacts backup = report.backup();
    if (backup == null) {
      facts.add(Fact.code("Path", run.request().path().toString()));
    } else {
      facts.add(Fact.code("Path", backup.path()));
    }
    run.chosen()
        .map(Evidence.Chosen::describeChoice)
        .map(text -> Fact.of("Chosen", text))
        .ifPresent(facts::add);
    run.chosen().stream()
        .flatMap(chosen -> chosen.firstSkipped().stream())
        .forEach(text -> facts.add(Fact.of("Skipped", text)));
    if (backup != null) {
      addBackup(backup, facts);
    }
    Report.ImageFacts image = report.image();
    if (image != null) {
      facts.add(Fact.code("Image", image.key()));
    }
    Report.RecoveryFacts recovery = report.recovery();
    if (recovery != null) {
      addRecovery(recovery, facts);
    }
    Report.FreshnessFacts freshness = report.freshness();
    if (freshness != null && freshness.newest() != null) {
      facts.add(Fact.at("Newest data", freshness.newest()));
      facts.add(Fact.of("Taken from", source(freshness.source())));
    }
    return facts;
  }

  private static void addBackup(Report.BackupFacts backup, List<Fact> facts) {
    if (backup.systemIdentifier() != null) {
      facts.add(Fact.code("System identifier", backup.systemIdentifier()));
    }
    if (backup.startTime() != null) {
      facts.add(Fact.at("Started", backup.startTime()));
    }
    if (backup.startLsn() != null) {
      facts.add(Fact.code("Start LSN", backup.startLsn()));
    }
    for (Report.ArchiveFacts archive : backup.archives()) {
      facts.add(
          Fact.code(
              archive.file(),
              HumanFormat.bytes(archive.bytes())
                  + (archive.sha256() == null ? "" : ", SHA-256 " + archive.sha256())));
    }
    Report.ManifestFacts manifest = backup.manifest();
    if (manifest != null && manifest.sha256() != null) {
      facts.add(Fact.code("backup_manifest", "SHA-256 " + manifest.sha256()));
    }
  }

  private static void addRecovery(Report.RecoveryFacts recovery, List<Fact> facts) {
    facts.add(Fact.of("Recovery", recovery.consistent() ? "consistent" : "not consistent"));
    if (recovery.endLsn() != null) {
      facts.add(Fact.code("Redo ended at", recovery.endLsn()));
    }
    Optional<String> timelines =
        recovery.timelines().size() > 1
            ? Optional.of(
                recovery.timelines().stream()
                    .map(Integer::toUnsignedString)
                    .collect(Collectors.joining(", ")))
            : Optional.ofNullable(recovery.timeline()).map(Integer::toUnsignedString);
    timelines.ifPresent(text -> facts.add(Fact.of("Timeline", text)));
    if (recovery.lastCommit() != null) {
      facts.add(Fact.at("Last commit", recovery.lastCommit()));
    }
  }

  private static String source(String source) {
    return switch (source) {
      case "query" -> "the freshness query";
      case "wal" -> "the last commit in the WAL";
      default -> "the last checkpoint, because the WAL contains no commit";
    };
  }

  /** Returns what was requested. */
  static List<Fact> request(VerificationRequest request) {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.of("Depth", request.depth().name().toLowerCase(Locale.ROOT)));
    facts.add(Fact.of("Maximum age", HumanFormat.duration(request.maxAge())));
    request
        .queries()
        .freshnessQuery()
        .ifPresent(
            query -> {
              facts.add(Fact.code("Freshness query", query));
              facts.add(Fact.of("Database", request.queries().database()));
            });
    request
        .queries()
        .assertions()
        .forEach(assertion -> facts.add(Fact.code("Assertion", assertion)));
    request
        .replay()
        .walArchive()
        .ifPresent(path -> facts.add(Fact.code("WAL archive", path.toString())));
    facts.add(Fact.of("Memory", HumanFormat.bytes(request.resources().memoryBytes())));
    facts.add(Fact.of("Processors", String.valueOf(request.resources().cpus())));
    facts.add(Fact.of("Recovery limit", HumanFormat.duration(request.limits().recoveryTimeout())));
    facts.add(Fact.of("Reminder after", HumanFormat.duration(request.patience().remindAfter())));
    facts.add(
        Fact.of("Escalation after", HumanFormat.duration(request.patience().escalateAfter())));
    return facts;
  }
}
