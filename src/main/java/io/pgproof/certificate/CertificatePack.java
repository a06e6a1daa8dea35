package io.pgproof.certificate;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The files of a certificate.
 *
 * @param files content by name; a name may have one directory
 */
public record CertificatePack(String run, SortedMap<String, byte[]> files) {
  static final String STATEMENT = "certificate.json";
  static final String EVIDENCE = "evidence.ndjson";
  static final String HTML = "certificate.html";
  static final String PDF = "certificate.pdf";

  /** Returns the page for a browser, in UTF-8; it needs no other file. */
  public byte[] html() {
    return file(HTML);
  }

  public byte[] pdf() {
    return file(PDF);
  }

  private byte[] file(String name) {
    return Objects.requireNonNull(files.get(name), name);
  }

  /** Returns a name for its directory or file, without an ending. */
  public String name() {
    return "pgproof-certificate-" + run;
  }

  /** Returns all files as a ZIP archive, below a directory of {@link #name}. */
  public byte[] zip() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(name() + "/" + file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Refuses a directory that is not empty, or cannot be made.
   *
   * @param out absolute
   * @throws UsageException that says why
   */
  public static void requireWritable(Path out) {
    if (Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> files = Files.list(out)) {
        if (!Files.isSymbolicLink(out) && files.findAny().isEmpty()) {
          return;
        }
      } catch (IOException e) {
        // It is not a directory.
      }
      throw notEmpty(out);
    }
    Path parent = out.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new UsageException(
          Reason.NO_SUCH_PATH,
          "--out is in a directory that does not exist: " + parent,
          "create the directory, or name one below another");
    }
  }

  private static UsageException notEmpty(Path out) {
    return new UsageException(
        Reason.BAD_OPTION,
        "--out is not an empty directory: " + out,
        "name a directory that does not exist, or an empty one");
  }

  /** Writes all files, or leaves nothing behind. */
  public void write(Path out) {
    requireWritable(out);
    Path parent = Objects.requireNonNull(out.getParent());
    try {
      Path unfinished = Files.createTempDirectory(parent, ".pgproof-certificate-");
      try {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          Path path = unfinished.resolve(file.getKey());
          Files.createDirectories(Objects.requireNonNull(path.getParent()));
          Files.write(path, file.getValue());
        }
        Files.setPosixFilePermissions(
            unfinished, Files.getPosixFilePermissions(unfinished.resolve("proofs")));
        Files.move(unfinished, out, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        remove(unfinished);
      }
    } catch (DirectoryNotEmptyException e) {
      throw notEmpty(out);
    } catch (IOException e) {
      throw new FindingException(
          Reason.ENVIRONMENT,
          "the certificate could not be written to " + out + ": " + e,
          "free space there and mend the permissions, or name another directory");
    }
  }

  private static void remove(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted((one, other) -> other.compareTo(one)).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
