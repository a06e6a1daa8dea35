package io.pgproof.backup.format;

import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code backup_label} (source: {@code build_backup_content} and {@code read_backup_label} of
 * PostgreSQL).
 */
public final class BackupLabel {
  public static final String NAME = "backup_label";

  /** Size limit in bytes; a label of 1,024 bytes and seven short lines fit well into it. */
  public static final int LARGEST = 64 * 1024;

  private static final Pattern START =
      Pattern.compile("([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}) \\(file ([0-9A-Fa-f]{24})\\)");
  private static final Pattern TIME =
      Pattern.compile("(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d)(?: (\\S+))?");
  private static final Pattern OFFSET = Pattern.compile("[+-]\\d\\d(?::?\\d\\d)?");
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  private BackupLabel() {}

  /**
   * @param file content of the whole file
   * @param archive name for messages
   * @throws FindingException {@code inconsistent} when a line that recovery needs is missing or
   *     unreadable
   */
  public static Label parse(byte[] file, String archive) {
    Map<String, String> lines = new HashMap<>();
    for (String line : new String(file, StandardCharsets.UTF_8).split("\n")) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        lines.putIfAbsent(line.substring(0, colon), line.substring(colon + 2).stripTrailing());
      }
    }
    String location = required(lines, "START WAL LOCATION", archive);
    Matcher start = START.matcher(location);
    if (!start.matches()) {
      throw unreadable("START WAL LOCATION", location, archive);
    }
    String checkpoint = required(lines, "CHECKPOINT LOCATION", archive);
    try {
      return new Label(
          Lsn.parse(start.group(1)),
          start.group(2).toUpperCase(Locale.ROOT),
          Lsn.parse(checkpoint),
          time(required(lines, "START TIME", archive), archive),
          lines.getOrDefault("LABEL", ""),
          timeline(lines, "START TIMELINE", archive),
          "standby".equals(lines.get("BACKUP FROM")),
          ancestor(lines.get("INCREMENTAL FROM LSN"), archive),
          timeline(lines, "INCREMENTAL FROM TLI", archive));
    } catch (IllegalArgumentException e) {
      throw unreadable("CHECKPOINT LOCATION", checkpoint, archive);
    }
  }

  private static Optional<Lsn> ancestor(@Nullable String text, String archive) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Lsn.parse(text));
    } catch (IllegalArgumentException e) {
      throw unreadable("INCREMENTAL FROM LSN", text, archive);
    }
  }

  private static OptionalInt timeline(Map<String, String> lines, String key, String archive) {
    String text = lines.get(key);
    if (text == null) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(Integer.parseUnsignedInt(text));
    } catch (NumberFormatException e) {
      throw unreadable(key, text, archive);
    }
  }

  private static Instant time(String text, String archive) {
    Matcher parts = TIME.matcher(text);
    if (!parts.matches()) {
      throw unreadable("START TIME", text, archive);
    }
    try {
      return LocalDateTime.parse(parts.group(1), SECOND).atZone(zone(parts.group(2))).toInstant();
    } catch (DateTimeException e) {
      throw unreadable("START TIME", text, archive);
    }
  }

  // PostgreSQL prints the abbreviation of log_timezone. Few abbreviations belong to one zone only,
  // and a wrong hour would be worse than UTC, which BackupIdentity documents.
  private static ZoneId zone(@Nullable String abbreviation) {
    if (abbreviation == null) {
      return ZoneOffset.UTC;
    }
    if (OFFSET.matcher(abbreviation).matches()) {
      return ZoneOffset.of(abbreviation);
    }
    return switch (abbreviation) {
      case "CET" -> ZoneOffset.ofHours(1);
      case "CEST", "EET" -> ZoneOffset.ofHours(2);
      case "EEST", "MSK" -> ZoneOffset.ofHours(3);
      case "WEST" -> ZoneOffset.ofHours(1);
      case "EST" -> ZoneOffset.ofHours(-5);
      case "EDT" -> ZoneOffset.ofHours(-4);
      case "PST" -> ZoneOffset.ofHours(-8);
      case "PDT" -> ZoneOffset.ofHours(-7);
      case "MDT" -> ZoneOffset.ofHours(-6);
      case "JST" -> ZoneOffset.ofHours(9);
      case "AEST" -> ZoneOffset.ofHours(10);
      case "AEDT" -> ZoneOffset.ofHours(11);
      case "NZST" -> ZoneOffset.ofHours(12);
      case "NZDT" -> ZoneOffset.ofHours(13);
      default -> ZoneOffset.UTC;
    };
  }

  private static String required(Map<String, String> lines, String key, String archive) {
    String value = lines.get(key);
    if (value == null) {
      throw new FindingException(
          Reason.INCONSISTENT,
          "backup_label in " + archive + " lacks the line " + key + ", so recovery cannot start");
    }
    return value;
  }

  private static FindingException unreadable(String key, String value, String archive) {
    return new FindingException(
        Reason.INCONSISTENT,
        "backup_label in "
            + archive
            + " has an unreadable line "
            + key
            + ": "
            + FileNames.shown(value));
  }
}
