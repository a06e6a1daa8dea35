package io.pgproof.report;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.proof.Mistakes;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
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
    public void write(ComplianceReport report, OutputStream out) throws IOException {
      out.write(ReportHtml.write(report).getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  },
  PDF("application/pdf") {
    @Override
    public void write(ComplianceReport report, OutputStream out) throws IOException {
      out.write(ReportPdf.write(report));
      out.flush();
    }
  },
  CSV("text/csv;charset=UTF-8") {
    @Override
    public void write(ComplianceReport report, OutputStream out) throws IOException {
      Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
      ReportCsv.write(report, text);
      text.flush();
    }
  },
  JSON("application/json") {
    @Override
    public void write(ComplianceReport report, OutputStream out) throws IOException {
      EvidenceJson.write(report, out);
      out.write('\n');
      out.flush();
    }
  };

  private final String mediaType;

  ReportFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** Writes the report; the stream stays open. */
  public abstract void write(ComplianceReport report, OutputStream out) throws IOException;

  /** Returns the word for the format, which is also the ending of its files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public String mediaType() {
    return mediaType;
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
