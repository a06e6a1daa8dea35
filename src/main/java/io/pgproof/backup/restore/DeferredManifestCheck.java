package io.pgproof.backup.restore;

import io.pgproof.backup.archive.FileChecksum;
import io.pgproof.backup.archive.FileNames;
import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.Manifest.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Compares restored files with a manifest that came inside an archive, as {@code pg_basebackup -D
 * -} packs it. Such a manifest is known only after everything was read, so the restored files are
 * read once more.
 */
final class DeferredManifestCheck {
  private final ManifestCheck check;
  private final ByteBuffer window = ByteBuffer.allocateDirect(MemberSource.WINDOW);

  private DeferredManifestCheck(ManifestCheck check) {
    this.check = check;
  }

  /**
   * Compares all files of a data directory and of the tablespaces beside it, before links to the
   * tablespaces exist.
   *
   * @throws io.pgproof.proof.FindingException {@code manifest-mismatch}, as {@link ManifestCheck}
   *     throws it
   */
  static void run(RestorePaths restorePaths, ManifestCheck check)
      throws IOException, InterruptedException {
    DeferredManifestCheck comparison = new DeferredManifestCheck(check);
    try {
      comparison.compare(restorePaths.data(), "");
      if (Files.isDirectory(restorePaths.tablespaces(), LinkOption.NOFOLLOW_LINKS)) {
        comparison.compare(restorePaths.tablespaces(), BackupPart.TABLESPACES);
      }
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    }
  }

  private void compare(Path root, String prefix) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = prefix + FileNames.ofUtf8(root.relativize(file).toString());
            Optional<Entry> entry =
                attributes.isRegularFile()
                    ? check.expect(name, attributes.size())
                    : Optional.empty();
            if (entry.isPresent()) {
              check.checkWritten(name, entry.get(), sum(file, entry.get()));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private byte[] sum(Path file, Entry entry) throws IOException {
    FileChecksum.Sum sum = entry.algorithm().start();
    try (FileChannel content =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      while (content.read(window.clear()) >= 0) {
        sum.update(window.flip());
      }
    }
    return sum.result();
  }
}
