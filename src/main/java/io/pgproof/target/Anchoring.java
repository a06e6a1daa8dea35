package io.pgproof.target;

import java.net.URI;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Where the server anchors the evidence log by itself.
 *
 * @param command program that gets each checkpoint, and its arguments; empty for none
 * @param authority address of a time-stamping authority (RFC 3161)
 * @param authorities file with the certificates that the authority's must lead to, in PEM
 * @param schedule when the log is anchored
 */
public record Anchoring(
    List<String> command, Optional<URI> authority, Optional<Path> authorities, Schedule schedule) {
  static final Schedule DAILY = new Schedule("0 4 * * *", ZoneOffset.UTC);

  /** The server anchors nothing by itself. */
  public static final Anchoring NONE =
      new Anchoring(List.of(), Optional.empty(), Optional.empty(), DAILY);

  public Anchoring {
    command = List.copyOf(command);
  }
}
