package io.pgproof.report;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.proof.Mistakes;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The forms of a report. All of them hold the same report. */
public enum ReportFormat {
  HTML("text/html;charset=UTF-8") {
    @Override
    byte[] bytes(ComplianceReport report) {
      return ReportHtml.write(report).getBytes(StandardCharsets.UTF_8);
    }
  },
  PDF("application/pdf") {
    @Override
    byte[] bytes(ComplianceReport report) {
      return ReportPdf.write(report);
    }
  },
  CSV("text/csv;charset=UTF-8") {
    @Override
    byte[] bytes(ComplianceReport report) {
      return ReportCsv.write(report).getBytes(StandardCharsets.UTF_8);
    }
  },
  JSON("application/json") {
    @Override
    byte[] bytes(ComplianceReport report) {
      return (EvidenceJson.write(report) + "\n").getBytes(StandardCharsets.UTF_8);
    }
  };

  private final String mediaType;

  ReportFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  abstract byte[] bytes(ComplianceReport report);

  /** Returns the word for the format, which is also the ending of its files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String mediaType() {
    return mediaType;
  }

  /** Writes the report; the stream stays open. */
  public void write(ComplianceReport report, OutputStream out) throws IOException {
    out.write(bytes(report));
    out.flush();
  }

  /** Returns the format with this word; empty if there is none. */
  public static Optional<ReportFormat> of(String word) {
    return Arrays.stream(values())
        .filter(format -> format.word().equals(word.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /**
   * Returns the format that the ending of a file's name asks for.
   *
   * @throws UsageException {@code bad-option} if it is none
   */
  public static ReportFormat of(Path file) {
    String name = Optional.ofNullable(file.getFileName()).map(Path::toString).orElse("");
    int dot = name.lastIndexOf('.');
    return of(dot < 0 ? "" : name.substring(dot + 1))
        .orElseThrow(
            () ->
                new UsageException(
                    Reason.BAD_OPTION,
                    "the name of the file says no format: " + Mistakes.quoted(file.toString()),
                    "end it in "
                        + Arrays.stream(values())
                            .map(format -> "." + format.word())
                            .collect(Collectors.joining(", "))));
  }
}
