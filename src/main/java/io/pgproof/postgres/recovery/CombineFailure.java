package io.pgproof.postgres.recovery;

import io.pgproof.proof.Finding;
import io.pgproof.proof.MachineError;
import io.pgproof.proof.Reason;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides who is at fault if {@code pg_combinebackup} could not combine a chain, from its output.
 */
public final class CombineFailure {
  private static final Pattern ERROR =
      Pattern.compile("(?m)^(?:[^\\s:]*pg_combinebackup: )?error: (.*)$");

  /**
   * Its messages about damage in the backups that it reads (source: {@code
   * src/bin/pg_combinebackup} of versions 17 and 18).
   */
  private static final Pattern DAMAGE =
      Pattern.compile(
          String.join(
              "|",
              ".*: CRC is incorrect",
              ".*: unexpected control file version",
              ".*: expected system identifier \\d+, but found \\d+",
              ".*: manifest system identifier is \\d+, but control file has \\d+",
              "backup at \".*\" (?:is an? |starts ).*",
              ".*: (?:could not parse|improper terminator for|could not find) .*|.*: invalid TLI|.*: INCREMENTAL FROM \\w+ requires .*",
              "file \".*\" has (?:bad incremental magic number|block count|truncation block length) .*",
              "file \".*\" is too short: .*",
              "full backup contains unexpected incremental file .*",
              "could not read (?:from )?file \".*\"(?:, offset \\d+)?: read \\d+ of \\d+",
              "could not (?:open|stat) (?:file|directory) \".*\": No such file or directory",
              "could not parse backup manifest.*|.*manifest ended unexpectedly.*|manifest checksum mismatch.*",
              "duplicate path name in backup manifest.*|backup manifest version \\d+ does not support incremental backup"));

  private CombineFailure() {}

  /**
   * @param status how it ended; 1 is its own error status
   * @param words its complete output
   */
  public static Finding of(String status, String words) {
    Optional<MachineError> error = MachineError.find(words);
    if (error.isPresent()) {
      String message =
          switch (error.get().lack()) {
            case MEMORY -> "pg_combinebackup ran out of memory";
            case SPACE -> "the combined backup does not fit on the disk";
            case MEDIUM, LEAVE, ROOM ->
                "the machine prevented pg_combinebackup from working: " + error.get().messages();
          };
      return Finding.of(error.get().reason(Reason.ENVIRONMENT), message, words);
    }
    Matcher said = ERROR.matcher(words);
    if (status.equals("1") && said.find() && DAMAGE.matcher(said.group(1)).matches()) {
      return Finding.of(
          Reason.INCONSISTENT,
          "pg_combinebackup cannot combine this chain: " + said.group(1),
          words);
    }
    return Finding.of(
        Reason.RECOVERY_UNCLEAR,
        "pg_combinebackup ended with status "
            + status
            + ", and its message is not evidence of damage",
        words);
  }
}
