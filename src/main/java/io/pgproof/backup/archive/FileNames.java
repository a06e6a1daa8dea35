package io.pgproof.backup.archive;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * File names relative to the data directory, kept byte by byte: one character of such a text is one
 * byte.
 *
 * <p>To PostgreSQL and to the file system, file names are bytes; no decoding may make two of them
 * equal.
 */
public final class FileNames {
  private static final int LONGEST_PART = 255;

  private FileNames() {}

  /** Returns why a file of this name must not be created; empty when it may be. */
  public static Optional<String> objection(String name) {
    if (name.isEmpty()) {
      return Optional.of("its name is empty");
    }
    if (name.charAt(0) == '/') {
      return Optional.of("its name is absolute");
    }
    for (String part : parts(name)) {
      if (part.isEmpty() || part.equals(".")) {
        return Optional.of("its name has an empty part");
      }
      if (part.equals("..")) {
        return Optional.of("its name contains ..");
      }
      if (part.length() > LONGEST_PART) {
        return Optional.of("its name is too long");
      }
    }
    return name.indexOf('\0') >= 0 ? Optional.of("its name contains a NUL byte") : Optional.empty();
  }

  /**
   * Returns the same name without redundant parts: {@code ./}, doubled slashes and trailing ones.
   * An absolute name stays absolute, and {@code ..} stays.
   */
  static String normal(String name) {
    if (!name.startsWith(".")
        && !name.startsWith("/")
        && !name.endsWith("/")
        && !name.endsWith("/.")
        && !name.contains("//")
        && !name.contains("/./")) {
      return name;
    }
    List<String> parts =
        parts(name).stream().filter(part -> !part.isEmpty() && !part.equals(".")).toList();
    return (name.startsWith("/") ? "/" : "") + String.join("/", parts);
  }

  private static List<String> parts(String name) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', from)) {
      parts.add(name.substring(from, slash));
      from = slash + 1;
    }
    parts.add(name.substring(from));
    return parts;
  }

  /**
   * Returns the same bytes as a path below a directory; empty when this JVM's locale cannot express
   * them.
   */
  public static Optional<Path> below(Path directory, String name) {
    if (name.chars().allMatch(c -> c < 0x80)) {
      return Optional.of(directory.resolve(name));
    }
    if (!"UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"))) {
      return Optional.empty();
    }
    try {
      byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
      return Optional.of(
          directory.resolve(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the name of a listed file.
   *
   * @throws FindingException when this JVM's locale cannot express it
   */
  public static String of(Path fileName) {
    String text = fileName.toString();
    if (text.indexOf('\uFFFD') >= 0) {
      throw inexpressible(ofUtf8(text));
    }
    return ofUtf8(text);
  }

  public static FindingException inexpressible(String name) {
    return new FindingException(
        new Finding(
            Reason.ENVIRONMENT,
            "the file name " + shown(name) + " cannot be written in this process's locale",
            "run pgproof with LC_ALL=C.UTF-8; this version does not support names that are not UTF-8",
            null));
  }

  public static String ofUtf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /**
   * Returns the name for messages: characters that are not safe to print on a terminal become
   * {@code \xNN}, and a long text is cut.
   */
  public static String shown(String name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.length() && text.length() < 200; i++) {
      char c = name.charAt(i);
      if (c >= 0x20 && c < 0x7F && c != '\\') {
        text.append(c);
      } else {
        text.append(
            c < 0x100 ? String.format("\\x%02x", (int) c) : String.format("\\u%04x", (int) c));
      }
    }
    return text.toString();
  }
}
