package io.pgproof.backup.restore;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.pages.SuspectPages;
import io.pgproof.backup.source.SourceFiles;
import io.pgproof.proof.Check;
import io.pgproof.proof.Inapplicable;
import io.pgproof.proof.Report.ArchiveFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The checks that a restore makes while it reads a backup, and what they leave open.
 *
 * @param version of the backup
 * @param compare whether the depth asks to compare files and pages
 * @param comparison with the manifest, if it was made
 */
record RestoreChecks(
    PostgresVersion version,
    SourceFiles sources,
    Pass pass,
    ControlFile control,
    boolean compare,
    Optional<ManifestCheck> comparison) {
  private static final String NOT_COMPARED = "not compared at this depth";
  private static final String NO_CHECKSUMS = "the source has no page checksums";

  /**
   * What the pass over the backup read.
   *
   * @param ways how the files of trees were taken; empty if there are none
   * @param unread number of files that were left to the server to read
   */
  record Pass(List<ArchiveFacts> archives, List<String> ways, long unread) {}

  /**
   * Returns the checks.
   *
   * @param manifest of this backup
   * @param foreign whether there is a manifest of another backup
   * @param pages the check of pages, as far as it is decided before recovery
   */
  List<Check> checks(Optional<Manifest> manifest, boolean foreign, Optional<Check> pages) {
    Check whole = Check.passed("archive", read(), Duration.ZERO);
    Check listed =
        comparison
            .map(compared -> Check.passed("manifest", compared.summary(), Duration.ZERO))
            .orElseGet(
                () ->
                    manifest.isPresent()
                        ? Check.inapplicable("manifest", Inapplicable.DEPTH, NOT_COMPARED)
                        : Check.inapplicable(
                            "manifest",
                            Inapplicable.NO_MANIFEST,
                            foreign
                                ? "backup_manifest belongs to another backup"
                                : version.writesManifest()
                                    ? "the backup has no backup_manifest"
                                    : version + " does not write backup_manifest"));
    return Stream.concat(Stream.of(whole, listed), pages.stream()).toList();
  }

  /**
   * Returns the check of pages as far as it is decided before recovery; empty when some are
   * suspect.
   */
  static Optional<Check> pages(ControlFile control, SuspectPages suspects, boolean compared) {
    if (!control.dataChecksums()) {
      return Optional.of(Check.inapplicable("pages", Inapplicable.NO_CHECKSUMS, NO_CHECKSUMS));
    }
    if (!compared) {
      return Optional.of(Check.inapplicable("pages", Inapplicable.DEPTH, NOT_COMPARED));
    }
    return suspects.isEmpty()
        ? Optional.of(Check.passed("pages", suspects.pageCount(), Duration.ZERO))
        : Optional.empty();
  }

  private String read() {
    List<String> read = new ArrayList<>();
    if (!pass.archives().isEmpty()) {
      long bytes = pass.archives().stream().mapToLong(ArchiveFacts::bytes).sum();
      read.add(
          String.format(
              Locale.ROOT,
              "%d archive%s, %,d bytes, SHA-256 kept",
              pass.archives().size(),
              pass.archives().size() == 1 ? "" : "s",
              bytes));
    }
    if (!pass.ways().isEmpty()) {
      read.add(
          String.format(
              Locale.ROOT,
              "%,d files, %,d bytes, %s, %s",
              sources.filesOfTrees(),
              sources.bytesOfTrees(),
              String.join(" and ", pass.ways()),
              pass.unread() == 0
                  ? "none changed while they were read"
                  : String.format(
                      Locale.ROOT,
                      "%,d of them not read at this depth, none changed meanwhile",
                      pass.unread())));
    }
    return String.join("; ", read);
  }

  /** Returns what was not checked, one line each. */
  List<String> notChecked() {
    List<String> open = new ArrayList<>();
    if (!compare) {
      open.add("whether each file matches backup_manifest, and the checksums of pages");
      if (pass.unread() > 0) {
        open.add(
            String.format(
                Locale.ROOT,
                "whether each file can be read: pgproof left %,d files that were not copied to the server",
                pass.unread()));
      }
      return open;
    }
    if (comparison.isEmpty()) {
      open.add(
          "whether each file is present and is what the server sent, because there is no backup_manifest");
    } else if (comparison.get().filesWithoutChecksum() > 0) {
      open.add(
          "backup_manifest lists "
              + comparison.get().filesWithoutChecksum()
              + " files without a checksum, so only their sizes were compared");
    }
    if (!control.dataChecksums()) {
      open.add(NO_CHECKSUMS);
    }
    return open;
  }
}
