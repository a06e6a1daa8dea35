package io.pgproof.backup.source;

import io.pgproof.backup.archive.MemberSource;
import io.pgproof.backup.archive.RawArchive;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One thread's share of the files of trees; files that other threads took from the same walk do not
 * appear here.
 */
public final class TreeMembers implements MemberSource {
  private final TreeWalk walk;
  private final LongConsumer read;
  private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW);
  private TreeWalk.@Nullable Entry current;
  private @Nullable SeekableByteChannel content;
  private long left;

  /**
   * @param read receives the number of bytes of each read
   */
  public TreeMembers(TreeWalk walk, LongConsumer read) {
    this.walk = walk;
    this.read = read;
  }

  @Override
  public Optional<Member> next() throws InterruptedException {
    close();
    Optional<TreeWalk.Taken> taken = walk.nextOpened();
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    TreeWalk.Entry entry = taken.get().entry();
    current = entry;
    content = taken.get().content().orElse(null);
    left = content == null ? 0 : entry.attributes().size();
    return Optional.of(new Member(entry.name(), entry.type(), left));
  }

  @Override
  public boolean cloneTo(Path file) {
    TreeWalk.Entry entry = entry();
    if (left == 0 || !walk.mayShare(entry.tree())) {
      return false;
    }
    if (!Reflink.clone(entry.file(), entry.attributes().fileKey(), file)) {
      walk.cannotShare(entry.tree());
      return false;
    }
    try {
      SeekableByteChannel copy = FileChannel.open(file, StandardOpenOption.READ);
      close();
      content = copy;
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean inPlace() {
    return walk.inPlace(entry().tree());
  }

  @Override
  public boolean leave() {
    if (!walk.skipUnreadable()) {
      return false;
    }
    read.accept(left);
    left = 0;
    return true;
  }

  @Override
  public void copyContent(Sink sink) throws IOException, InterruptedException {
    while (left > 0) {
      window.clear().limit((int) Math.min(left, window.capacity()));
      fill(window);
      sink.write(window.flip());
    }
  }

  @Override
  public void start(ByteBuffer into) throws InterruptedException {
    while (left > 0 && into.hasRemaining()) {
      fill(into);
    }
  }

  private TreeWalk.Entry entry() {
    return Objects.requireNonNull(current, "there is no member before next()");
  }

  private void fill(ByteBuffer into) throws InterruptedException {
    TreeWalk.Entry entry = entry();
    int count;
    try {
      count = Objects.requireNonNull(content).read(into);
    } catch (ClosedByInterruptException e) {
      throw new InterruptedException();
    } catch (IOException e) {
      throw RawArchive.unreadable(entry.file(), entry.attributes().size() - left, e);
    }
    if (count < 0) {
      throw new FindingException(
          Reason.BACKUP_CHANGED, entry.file() + " became shorter while it was read");
    }
    left -= count;
    read.accept(count);
  }

  @Override
  public void close() {
    try {
      if (content != null) {
        content.close();
      }
    } catch (IOException e) {
      // Everything that counts was read before; a failed close of a file opened for reading loses
      // nothing.
    } finally {
      content = null;
    }
  }
}
