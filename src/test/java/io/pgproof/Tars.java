package io.pgproof;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Repacks the archives of a backup with members left out or put in. */
public final class Tars {
  private Tars() {}

  /**
   * A member to put in.
   *
   * @param entry its header; {@code content} gives its size
   */
  public record Member(TarArchiveEntry entry, byte[] content) {
    public Member {
      entry.setSize(content.length);
    }
  }

  /** Leaves out the members whose names match. */
  public static void without(Path archive, Predicate<String> name) throws IOException {
    repack(archive, name, List.of());
  }

  /** Puts members at the end. */
  public static void with(Path archive, Member... members) throws IOException {
    repack(archive, name -> false, List.of(members));
  }

  /** Gives every file the content that comes of its name and its content. */
  public static void change(Path archive, BiFunction<String, byte[], byte[]> content)
      throws IOException {
    List<Member> changed = new ArrayList<>();
    try (TarArchiveInputStream in = new TarArchiveInputStream(unzipped(archive))) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] old = in.readAllBytes();
        changed.add(new Member(entry, entry.isFile() ? content.apply(entry.getName(), old) : old));
      }
    }
    repack(archive, name -> true, changed);
  }

  private static void repack(Path archive, Predicate<String> leftOut, List<Member> added)
      throws IOException {
    Path packed = archive.resolveSibling("repacked");
    try (TarArchiveInputStream in = new TarArchiveInputStream(unzipped(archive));
        TarArchiveOutputStream out = new TarArchiveOutputStream(zipped(packed))) {
      out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!leftOut.test(entry.getName())) {
          out.putArchiveEntry(entry);
          in.transferTo(out);
          out.closeArchiveEntry();
        }
      }
      for (Member member : added) {
        out.putArchiveEntry(member.entry());
        out.write(member.content());
        out.closeArchiveEntry();
      }
    }
    Files.move(packed, archive, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The names of all members. */
  public static List<String> names(Path archive) throws IOException {
    try (TarArchiveInputStream in = new TarArchiveInputStream(unzipped(archive))) {
      List<String> names = new ArrayList<>();
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        names.add(entry.getName());
      }
      return names;
    }
  }

  private static InputStream unzipped(Path archive) throws IOException {
    return new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)));
  }

  private static OutputStream zipped(Path archive) throws IOException {
    return new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)));
  }
}
