package io.pgproof.target;

import io.pgproof.yaml.YamlItem;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads where the evidence log is anchored. */
final class AnchoringReader {
  private static final String COMMAND = "anchor-command";
  private static final String AUTHORITY = "anchor-tsa";
  private static final String AUTHORITIES = "tsa-ca";
  private static final String SCHEDULE = "anchor-schedule";

  /** The fields of the file that it reads. */
  static final List<String> FIELDS = List.of(COMMAND, AUTHORITY, AUTHORITIES, SCHEDULE);

  private AnchoringReader() {}

  /** Returns the part that can be read; the mistakes are added to the document. */
  static Anchoring read(YamlItem file) {
    Optional<List<String>> command =
        file.list(COMMAND, "the absolute path of a program, then its arguments", text -> text);
    command
        .filter(line -> line.isEmpty() || !line.get(0).startsWith("/"))
        .ifPresent(
            line ->
                file.rejectField(
                    COMMAND,
                    "does not begin with a program; allowed: a list, the absolute path of a program, then its arguments"));
    Optional<URI> authority =
        file.secret(AUTHORITY, ValueFormat.WEB_HOOK.allowed(), ValueFormat.WEB_HOOK.reader());
    Optional<Path> authorities =
        file.value(AUTHORITIES, ValueFormat.DIRECTORY.allowed(), ValueFormat.DIRECTORY.reader());
    if (file.has(AUTHORITIES) && !file.has(AUTHORITY)) {
      file.rejectField(AUTHORITIES, "needs " + AUTHORITY + ", which is missing");
    }
    Optional<Schedule> schedule =
        file.value(SCHEDULE, ValueFormat.SCHEDULE.allowed(), ValueFormat.SCHEDULE.reader());
    if (file.has(SCHEDULE) && !file.has(COMMAND) && !file.has(AUTHORITY)) {
      file.rejectField(
          SCHEDULE, "needs " + COMMAND + " or " + AUTHORITY + ", and both are missing");
    }
    return new Anchoring(
        command.orElse(List.of()), authority, authorities, schedule.orElse(Anchoring.DAILY));
  }
}
