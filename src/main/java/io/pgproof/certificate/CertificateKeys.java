package io.pgproof.certificate;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.DurableFile;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.ServerHistory.RecordedCertificateKey;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/**
 * The keys that sign certificates: {@code pgproof.key} with the private half (mode 0600), {@code
 * pgproof.pem} with the public one, and {@code pgproof-ID.pem} with the public half of each former
 * key. Each key is an entry of the evidence. Thread-safe.
 */
public final class CertificateKeys {
  static final String PUBLIC_KEY = "pgproof.pem";
  private static final String PRIVATE_KEY = "pgproof.key";

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
      key = CertificateKey.Signing.parse(Files.readString(file), file.toString());
      because = "the database did not have it";
      if (!key.key().validUntil().isAfter(clock.instant())) {
        write("pgproof-" + key.key().id() + ".pem", key.key().text(), "rw-r--r--");
        key = create();
        because = "the key before it expired";
      }
    }
    if (!Files.exists(directory.resolve(PUBLIC_KEY))
        || !Files.readString(directory.resolve(PUBLIC_KEY)).equals(key.key().text())) {
      write(PUBLIC_KEY, key.key().text(), "rw-r--r--");
    }
    String sha256 = key.key().sha256();
    if (recorded.filter(last -> last.key().sha256().equals(sha256)).isEmpty()) {
      record(key.key(), recorded, because);
    }
    return new Current(key, history.certificateKey().orElseThrow().entry());
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
          "the key of certificates cannot be written to " + directory.resolve(name) + ": " + e);
    }
  }
}
