package io.pgproof.evidence.anchor;

import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.notify.LimitedHttp;
import io.pgproof.secret.SecretFile;
import io.pgproof.state.DurableFile;
import io.pgproof.timestamp.Authorities;
import io.pgproof.timestamp.Timestamp;
import io.pgproof.timestamp.TimestampException;
import io.pgproof.timestamp.TimestampRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A time-stamping authority (RFC 3161), which gets the hash of the checkpoint. Its answer is
 * checked before it is kept.
 */
final class ToAuthority implements Way {
  private static final int LONGEST_ANSWER = 64 * 1024;
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final LimitedHttp http;
  private final URI address;
  private final Optional<Path> trusted;
  private final Path directory;

  /**
   * @param trusted file with the certificates that the authority's must lead to
   * @param directory that keeps the answers; need not exist
   */
  ToAuthority(LimitedHttp http, URI address, Optional<Path> trusted, Path directory) {
    this.http = http;
    this.address = address;
    this.trusted = trusted;
    this.directory = directory;
  }

  @Override
  public String name() {
    return LogAnchored.TSA;
  }

  /** Leaves out the path, because it may be a password. */
  @Override
  public String where() {
    return LimitedHttp.withoutPath(address);
  }

  @Override
  public ServerEvent give(String checkpoint) throws InterruptedException {
    try {
      Authorities authorities = authorities();
      TimestampRequest request = new TimestampRequest(checkpoint.getBytes(StandardCharsets.UTF_8));
      byte[] answer =
          http.post(
              address,
              TimestampRequest.TYPE,
              request.encoded(),
              TimestampRequest.ANSWER_TYPE,
              LONGEST_ANSWER);
      Timestamp timestamp = request.accept(answer, authorities);
      return new LogAnchored(
          name(),
          where(),
          checkpoint,
          null,
          new LogAnchored.Stamp(
              timestamp.time(),
              timestamp.authority(),
              timestamp.serial(),
              Base64.getEncoder().encodeToString(answer),
              authorities.pem().isEmpty() ? null : authorities.pem()));
    } catch (TimestampException e) {
      return failed("its answer is not kept: " + e.getMessage());
    } catch (IOException e) {
      return failed(String.valueOf(e.getMessage()));
    }
  }

  private ServerEvent failed(String because) {
    return new ServerEvent.AnchorFailed(name(), where(), because, null);
  }

  private Authorities authorities() throws IOException {
    if (trusted.isEmpty()) {
      return Authorities.ANY;
    }
    try {
      return Authorities.of(SecretFile.readText(trusted.get()));
    } catch (IOException | TimestampException e) {
      throw new IOException("tsa-ca " + trusted.get() + " cannot be used: " + e.getMessage(), e);
    }
  }

  @Override
  public void keep(LogAnchored anchored) throws IOException {
    LogAnchored.Stamp stamp = Objects.requireNonNull(anchored.timestamp());
    Path kept = directory.resolve(NAME.format(stamp.time()) + "-" + anchored.size());
    Files.createDirectories(
        kept, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    DurableFile.flush(directory);
    DurableFile.flush(Objects.requireNonNull(directory.getParent()));
    write(kept.resolve("checkpoint"), anchored.checkpoint().getBytes(StandardCharsets.UTF_8));
    if (stamp.trusted() != null) {
      write(kept.resolve("tsa.pem"), stamp.trusted().getBytes(StandardCharsets.UTF_8));
    }
    write(kept.resolve("checkpoint.tsr"), Base64.getDecoder().decode(stamp.answer()));
  }

  private static void write(Path file, byte[] content) throws IOException {
    DurableFile.write(file, content, "rw-r--r--");
  }
}
