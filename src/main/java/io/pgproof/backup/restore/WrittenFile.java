package io.pgproof.backup.restore;

import io.pgproof.backup.archive.MemberSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A file that was already restored, read again as the content of another member. */
final class WrittenFile implements MemberSource {
  private final FileChannel file;

  WrittenFile(Path path) throws IOException {
    this.file = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public Optional<Member> next() {
    return Optional.empty();
  }

  @Override
  public void copyContent(Sink sink) throws IOException {
    ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);
    while (file.read(window.clear()) >= 0) {
      sink.write(window.flip());
    }
  }

  @Override
  public void start(ByteBuffer into) {
    throw new UnsupportedOperationException("the head of a restored file is kept as it is read");
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      // A failed close of a file opened for reading loses nothing.
      return;
    }
  }
}
