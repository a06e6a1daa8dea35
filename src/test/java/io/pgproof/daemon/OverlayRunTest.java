package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.pgproof.Gate;
import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Depth;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A plain backup is proven by a server that works on it through an overlay, and is left as it was.
 */
@Tag("container")
class OverlayRunTest {
  private static Path place;
  private static Path backup;

  @BeforeAll
  static void takeBackup() {
    place = TestEnvironment.state().path().resolve("laid-over");
    try (SourceDatabase source =
        TestEnvironment.source(
            15, "laid-over", SourceOptions.standard().withBackupDirectory(place))) {
      source.fill(500);
      backup = source.baseBackup("plain", "-Fp", "-Xs");
    }
  }

  @AfterAll
  static void removeBackup() throws IOException {
    Trees.remove(place);
  }

  @AfterEach
  void nothingIsLeft() {
    Remains.assertNone(TestEnvironment.state());
  }

  @ParameterizedTest
  @EnumSource(Depth.class)
  void aBackupUnderAnOverlayIsProvenAndStaysUnchanged(Depth depth) throws IOException {
    Map<String, String> before = looks(backup);
    Path notAsked = backup.resolve("base/1/2610");
    FileTime longAgo = FileTime.from(Instant.EPOCH);
    Files.setAttribute(notAsked, "lastAccessTime", longAgo);
    before.put(notAsked.toString(), look(notAsked));
    Report report =
        TestEnvironment.verify(TestEnvironment.at(depth, TestEnvironment.request(backup)));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks().get(0).detail())
        .matches(
            "[\\d,]+ files, [\\d,]+ bytes, overlaid, "
                + (depth == Depth.QUICK
                    ? "[\\d,]+ of them not read at this depth, none changed meanwhile"
                    : "none changed while they were read"));
    assertThat(
            report.coverage().notChecked().stream()
                .anyMatch(open -> open.startsWith("whether each file can be read: ")))
        .isEqualTo(depth == Depth.QUICK);
    assertThat(looks(backup)).isEqualTo(before);
    boolean read = !Files.getAttribute(notAsked, "lastAccessTime").equals(longAgo);
    Files.readAllBytes(notAsked);
    assumeFalse(
        Files.getAttribute(notAsked, "lastAccessTime").equals(longAgo),
        "this file system tells when a file was read");
    assertThat(read).isEqualTo(depth != Depth.QUICK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a second owner", "a file that its owner cannot write", "a copy that may be kept"})
  void aBackupIsCopiedIfNoOverlayIsPossible(String why) throws Exception {
    Path copy = copy();
    VerificationRequest request = TestEnvironment.request(copy);
    switch (why) {
      case "a second owner" -> Files.setAttribute(copy.resolve("PG_VERSION"), "unix:uid", 12345);
      case "a copy that may be kept" ->
          request = TestEnvironment.keeping(Duration.ofHours(1), request);
      default ->
          Files.setPosixFilePermissions(
              copy.resolve("PG_VERSION"), PosixFilePermissions.fromString("r--------"));
    }
    Report report = TestEnvironment.verify(request);

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks().get(0).detail()).contains("copied");
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlaid", "copied"})
  void foreignAndMissingEntriesOfACopyAreOnlyNoted(String way) throws Exception {
    Path copy = copy();
    assertThat(
            new ProcessBuilder("find", copy.toString(), "-type", "d", "-empty", "-delete")
                .start()
                .waitFor())
        .isZero();
    for (String link : List.of("server.crt", "log", "base/way-out")) {
      own(Files.createSymbolicLink(copy.resolve(link), Path.of("/etc")));
    }
    own(Files.createFile(copy.resolve("base/1/.DS_Store")));
    assertThat(new ProcessBuilder("mkfifo", copy.resolve("base/fifo").toString()).start().waitFor())
        .isZero();
    own(copy.resolve("base/fifo"));
    if (way.equals("copied")) {
      Files.createDirectory(copy.resolve("base/lost+found"));
    }
    Map<String, String> before = looks(copy);
    Report report =
        TestEnvironment.verify(TestEnvironment.at(Depth.DEEP, TestEnvironment.request(copy)));

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks().get(0).detail()).contains(way);
    assertThat(report.coverage().notes())
        .anyMatch(note -> note.contains("base/way-out, log, server.crt"))
        .anyMatch(
            note -> note.endsWith("base/fifo" + (way.equals("copied") ? ", base/lost+found" : "")))
        .anyMatch(
            note -> note.contains("not in backup_manifest") && note.endsWith("base/1/.DS_Store"))
        .anyMatch(
            note ->
                note.startsWith("pgproof created directories that the backup lacks")
                    && note.contains("pg_notify"));
    assertThat(looks(copy)).isEqualTo(before);
  }

  @Test
  void aLinkToTheBackupOfAnotherOwnerIsFollowed() throws Exception {
    Path copy = copy();
    assertThat(Files.getAttribute(copy, "unix:uid")).isNotEqualTo(0);
    Path link = place.resolve("latest");
    Files.createSymbolicLink(link, copy);
    Report report = TestEnvironment.verify(TestEnvironment.request(link));
    Files.delete(link);

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.coverage().checks().get(0).detail()).contains("overlaid");
  }

  @Test
  void aBackupThatChangesUnderTheServerIsInconclusive() throws Exception {
    Path copy = copy();
    AtomicReference<String> run = new AtomicReference<>();
    CompletableFuture<Reply> reply =
        CompletableFuture.supplyAsync(
            () ->
                TestEnvironment.ask(
                    new Request.Verify(
                        TestEnvironment.request(
                            copy, SourceDatabase.FRESHNESS_QUERY, Gate.ASSERTION)),
                    heard -> {
                      if (heard instanceof Reply.Begun begun) {
                        run.set(begun.run());
                      }
                    }));
    await().until(() -> run.get() != null);
    RunDirectory directory = TestEnvironment.state().run(new RunId(run.get()));
    await().until(() -> Gate.holds(directory));
    touch(copy.resolve("PG_VERSION"));
    Gate.open(directory);
    Report report = ((Reply.Verdict) reply.get()).report();

    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("inconclusive");
    assertThat(report.reason().code()).isEqualTo("backup-changed");
  }

  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path copy() throws Exception {
    Path copy = place.resolve("copy");
    Trees.remove(copy);
    assertThat(new ProcessBuilder("cp", "-a", backup.toString(), copy.toString()).start().waitFor())
        .isZero();
    return copy;
  }

  private static void own(Path path) throws IOException {
    Files.setAttribute(
        path, "unix:uid", Files.getAttribute(backup, "unix:uid"), LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(
        path, "unix:gid", Files.getAttribute(backup, "unix:gid"), LinkOption.NOFOLLOW_LINKS);
  }

  private static Map<String, String> looks(Path of) throws IOException {
    Map<String, String> looks = new TreeMap<>();
    try (Stream<Path> all = Files.walk(of)) {
      for (Path path : all.toList()) {
        looks.put(path.toString(), look(path));
      }
    }
    return looks;
  }

  private static String look(Path path) throws IOException {
    return new TreeMap<>(
            Files.readAttributes(
                path,
                "unix:ino,size,mode,uid,gid,lastModifiedTime,ctime",
                LinkOption.NOFOLLOW_LINKS))
        .toString();
  }
}
