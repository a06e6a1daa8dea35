package io.pgproof.certificate;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.ServerHistory.RecordedCertificateKey;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.state.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys that sign certificates: {@code pgproof.key} with the private half (mode 0600), {@code
 * pgproof.pem} with the public one, and {@code pgproof-ID.pem} with the public half of each former
 * key. Each key is an entry of the evidence. Thread-safe.
 */
public final class CertificateKeys {
  static final String PUBLIC_KEY = "pgproof.pem";
  private static final String PRIVATE_KEY = "pgproof.key";
  private static final Pattern ID = Pattern.compile("(?m)^Id: ([0-9a-f]{16})$");
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final Path directory;
  private final String identity;
  private final EvidenceLog evidenceLog;
  private final ServerHistory history;
  private final Clock clock;

  /**
   * @param directory of the keys; need not exist
   * @param host whose name stands in certificates
   */
  public CertificateKeys(Path directory, String host, EvidenceLog evidenceLog, Clock clock) {
    this.directory = directory;
    this.identity = "pgproof@" + host.replaceAll("[^A-Za-z0-9._-]", "_");
    this.evidenceLog = evidenceLog;
    this.history = new ServerHistory(evidenceLog);
    this.clock = clock;
  }

  /**
   * The key that signs now.
   *
   * @param entry id of the entry that says so
   */
  record Current(CertificateKey.Signing key, long entry) {}

  /** Creates the key if there is none, or if the one before has expired, and records it. */
  public synchronized void prepare() throws IOException {
    current();
  }

  synchronized Current current() throws IOException {
    Path file = directory.resolve(PRIVATE_KEY);
    Optional<RecordedCertificateKey> recorded = history.certificateKey();
    CertificateKey.Signing key;
    String because;
    if (!Files.exists(file)) {
      key = create();
      because =
          recorded.isEmpty()
              ? "first start with certificates"
              : "the file of the key before was missing";
    } else {
      key = CertificateKey.Signing.parse(read(file), file.toString());
      because = "the database did not have it";
      if (!key.key().validUntil().isAfter(clock.instant())) {
        key = create();
        because = "the key before it expired";
      } else if (key.key().validFrom().isAfter(clock.instant().plus(CLOCKS_DIFFER))) {
        key = create();
        because = "the key before it was created by a clock that was ahead";
      }
    }
    Path published = directory.resolve(PUBLIC_KEY);
    String before = Files.exists(published) ? read(published) : "";
    if (!before.equals(key.key().text())) {
      Matcher id = ID.matcher(before);
      if (id.find() && !id.group(1).equals(key.key().id())) {
        write("pgproof-" + id.group(1) + ".pem", before, "rw-r--r--");
      }
      write(PUBLIC_KEY, key.key().text(), "rw-r--r--");
    }
    String sha256 = key.key().sha256();
    if (recorded.filter(last -> last.key().sha256().equals(sha256)).isEmpty()) {
      record(key.key(), recorded, because);
    }
    return new Current(key, history.certificateKey().orElseThrow().entry());
  }

  /** Reads text in which damage may be any bytes. */
  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private CertificateKey.Signing create() throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    DurableFile.flush(Objects.requireNonNull(directory.getParent()));
    CertificateKey.Signing created = CertificateKey.Signing.create(identity, clock.instant());
    write(PRIVATE_KEY, created.text(), "rw-------");
    return created;
  }

  private void record(CertificateKey key, Optional<RecordedCertificateKey> former, String because) {
    new ServerEvent.CertificateKeyCreated(
            key.id(),
            key.sha256(),
            Base64.getEncoder().encodeToString(key.key().getEncoded()),
            key.identity(),
            key.validFrom(),
            key.validUntil(),
            former.map(last -> last.key().key()).orElse(null),
            because)
        .record(evidenceLog, EvidenceLog.PGPROOF);
  }

  private void write(String name, String text, String mode) {
    try {
      DurableFile.write(directory.resolve(name), text.getBytes(StandardCharsets.UTF_8), mode);
    } catch (IOException e) {
      throw new FindingException(
          Reason.ENVIRONMENT,
          "the key of certificates cannot be written to " + directory.resolve(name) + ": " + e,
          "free space in the state directory and mend its permissions");
    }
  }
}
