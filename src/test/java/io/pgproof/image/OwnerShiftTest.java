package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("root")
class OwnerShiftTest {
  private static final int SHIFT = 100_000;

  @TempDir Path outside;
  private Path root;

  @BeforeEach
  void makeTree() throws IOException {
    root = Files.createDirectory(outside.resolve("rootfs"));
  }

  private Path file(String name, int uid, int gid, int mode) throws IOException {
    Path file = Files.writeString(root.resolve(name), "content");
    Files.setAttribute(file, "unix:uid", uid);
    Files.setAttribute(file, "unix:gid", gid);
    Files.setAttribute(file, "unix:mode", mode);
    return file;
  }

  private static Object of(Path path, String attribute) throws IOException {
    return Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void ownerAndGroupAreShifted() throws IOException {
    Path file = file("data", 100, 102, 0600);

    OwnerShift.apply(root, SHIFT);

    assertThat(of(file, "uid")).isEqualTo(100_100);
    assertThat(of(file, "gid")).isEqualTo(100_102);
    assertThat(of(root, "uid")).isEqualTo(100_000);
  }

  @Test
  void setuidAndSetgidBitsAreKept() throws IOException {
    Path setuid = file("su", 0, 0, 04755);
    Path setgid = file("chage", 0, 42, 02755);
    Path shared = Files.createDirectory(root.resolve("mail"));
    Files.setAttribute(shared, "unix:mode", 02775);

    OwnerShift.apply(root, SHIFT);

    assertThat((int) of(setuid, "mode") & 07777).isEqualTo(04755);
    assertThat((int) of(setgid, "mode") & 07777).isEqualTo(02755);
    assertThat((int) of(shared, "mode") & 07777).isEqualTo(02775);
  }

  @Test
  void aFileWithTwoNamesIsShiftedAndCountedOnce() throws IOException {
    Path file = file("perl", 0, 0, 0755);
    Files.createLink(root.resolve("perl5"), file);

    long bytes = OwnerShift.apply(root, SHIFT);

    assertThat(of(file, "uid")).isEqualTo(100_000);
    assertThat(bytes).isEqualTo(2 * 4096);
  }

  @Test
  void aLinkIsShiftedAndItsTargetIsNot() throws IOException {
    Path target = Files.writeString(outside.resolve("of-the-host"), "content");
    Path link = Files.createSymbolicLink(root.resolve("link"), target);

    OwnerShift.apply(root, SHIFT);

    assertThat(of(link, "uid")).isEqualTo(100_000);
    assertThat(of(target, "uid")).isEqualTo(0);
  }
}
