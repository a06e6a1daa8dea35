package io.pgproof.backup.damage;

import io.pgproof.backup.archive.ByteSource;
import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.restore.DiskSpace;
import io.pgproof.backup.source.Backup;
import io.pgproof.backup.source.Reflink;
import io.pgproof.backup.source.TreeMembers;
import io.pgproof.backup.source.TreeWalk;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * Writes the files of a copy. What is not changed shares the blocks of the backup where the file
 * system can; zeros become holes; a compressed archive is decoded, changed and encoded anew as one
 * stream. The backup is only read.
 */
final class CopyWriter {
  private static final int PIECE = 256 * 1024;

  private final Path directory;
  private final DiskSpace space;
  private long written;

  /**
   * @param directory of the copy, which exists and is empty
   */
  CopyWriter(Path directory, DiskSpace space) {
    this.directory = directory;
    this.space = space;
  }

  /** Returns the bytes that were written so far, without shared blocks and holes. */
  long written() {
    return written;
  }

  /** Copies a file unchanged, or only its beginning. */
  void copy(Path file, long length) throws IOException, InterruptedException {
    Path copy = Files.createFile(directory.resolve(file.getFileName()));
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (Reflink.clone(file, attributes.fileKey(), copy)) {
      space.shares(length);
      try (FileChannel out = FileChannel.open(copy, StandardOpenOption.WRITE)) {
        out.truncate(length);
      }
      return;
    }
    space.require(file.getFileName().toString(), length, directory);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
        SparseFile out = new SparseFile(copy)) {
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
      for (long left = length; left > 0; left -= piece.limit()) {
        piece.clear().limit((int) Math.min(left, PIECE));
        if (in.read(piece) < 0) {
          throw new IOException(file + " became shorter while it was copied");
        }
        out.write(piece.flip());
      }
    }
  }

  /** Copies an archive with changes in its files; the changed archive has the same compression. */
  void copy(BackupPart.Archive archive, List<Patch> patches)
      throws IOException, InterruptedException {
    Compression compression;
    try (RawArchive raw = new RawArchive(archive.path(), bytes -> {})) {
      compression = raw.coding();
    }
    if (compression == Compression.NONE) {
      copy(archive.path(), Files.size(archive.path()));
      Path copy = directory.resolve(archive.path().getFileName());
      for (Patch patch : patches) {
        patch(copy, patch.file().position() + patch.offset(), patch.bytes());
      }
      return;
    }
    space.require(archive.name(), Files.size(archive.path()), directory);
    try (ByteSource decoded = new RawArchive(archive.path(), bytes -> {}).decoded();
        OutputStream out = compression.encode(create(archive.name()))) {
      copyPatched(decoded, out, patches);
    }
  }

  private static void copyPatched(ByteSource decoded, OutputStream out, List<Patch> patches)
      throws IOException, InterruptedException {
    byte[] piece = new byte[PIECE];
    long at = 0;
    ByteBuffer window = ByteBuffer.allocateDirect(PIECE);
    while (decoded.read(window.clear()) >= 0) {
      int length = window.flip().remaining();
      window.get(piece, 0, length);
      for (Patch patch : patches) {
        overlay(piece, at, length, patch);
      }
      out.write(piece, 0, length);
      at += length;
    }
  }

  /** Puts the part of a change that lies in this piece of the tar into it. */
  private static void overlay(byte[] piece, long at, int length, Patch patch) {
    long begin = patch.file().position() + patch.offset();
    long from = Math.max(begin, at);
    long to = Math.min(begin + patch.bytes().length, at + length);
    if (from < to) {
      System.arraycopy(
          patch.bytes(), (int) (from - begin), piece, (int) (from - at), (int) (to - from));
    }
  }

  /**
   * Creates a file of the copy, whose bytes are counted.
   *
   * @param name of a file that the copy does not have
   */
  OutputStream create(String name) throws IOException {
    OutputStream file =
        Files.newOutputStream(directory.resolve(name), StandardOpenOption.CREATE_NEW);
    return new BufferedOutputStream(new Counted(file), PIECE);
  }

  private final class Counted extends FilterOutputStream {
    Counted(OutputStream file) {
      super(file);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count(length);
    }
  }

  /**
   * Copies all trees of a plain backup with changes in their files. A tablespace becomes a
   * directory beside the copy, to which a link in it leads.
   *
   * @param tablespaces directory beside the copy
   */
  void copyTrees(Backup backup, Path tablespaces, List<Patch> patches)
      throws IOException, InterruptedException {
    for (BackupPart.Tree tree : backup.trees()) {
      Path place = directory.resolve(tree.prefix());
      Files.createDirectories(place.getParent());
      if (tree.tablespace().isPresent()) {
        Path target = Files.createDirectories(tablespaces.resolve(tree.tablespace().get()));
        Files.createSymbolicLink(place, target);
      } else {
        Files.createDirectories(place);
      }
    }
    try (TreeWalk walk = new TreeWalk(backup);
        TreeMembers members = new TreeMembers(walk, bytes -> {})) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        copyMember(members, next.get());
      }
    }
    for (Patch patch : patches) {
      patch(path(patch.file().name()), patch.offset(), patch.bytes());
    }
  }

  private void copyMember(TreeMembers members, Member member)
      throws IOException, InterruptedException {
    if (member.type() == MemberSource.Type.DIRECTORY && !member.name().isEmpty()) {
      if (!Files.isDirectory(path(member.name()))) {
        Files.createDirectory(path(member.name()));
      }
    } else if (member.type() == MemberSource.Type.FILE) {
      Path copy = Files.createFile(path(member.name()));
      if (members.cloneTo(copy)) {
        space.shares(member.size());
        return;
      }
      space.require(member.name(), member.size(), directory);
      try (SparseFile out = new SparseFile(copy)) {
        members.copyContent(out::write);
      }
    }
  }

  private Path path(String name) {
    return FileNames.below(directory, name)
        .orElseThrow(() -> new IllegalArgumentException(FileNames.shown(name)));
  }

  private void patch(Path file, long position, byte[] bytes) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer piece = ByteBuffer.wrap(bytes);
      while (piece.hasRemaining()) {
        out.write(piece, position + piece.position());
      }
    }
    count(bytes.length);
  }

  private void count(long bytes) throws IOException {
    written += bytes;
    space.countWritten(bytes, directory);
  }

  /** A file whose pieces of zeros become holes. */
  private final class SparseFile implements AutoCloseable {
    private final FileChannel channel;
    private long position;

    SparseFile(Path file) throws IOException {
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
    }

    void write(ByteBuffer piece) throws IOException {
      int length = piece.remaining();
      if (isZero(piece)) {
        piece.position(piece.limit());
      } else {
        int begin = piece.position();
        while (piece.hasRemaining()) {
          channel.write(piece, position + piece.position() - begin);
        }
        count(length);
      }
      position += length;
    }

    private static boolean isZero(ByteBuffer piece) {
      for (int i = piece.position(); i < piece.limit(); i++) {
        if (piece.get(i) != 0) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      // A hole at the end has no bytes that were written.
      if (channel.size() < position) {
        channel.write(ByteBuffer.wrap(new byte[1]), position - 1);
      }
      channel.close();
    }
  }
}
