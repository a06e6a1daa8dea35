package io.pgproof.workflow.attempt;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.RestorePaths;
import io.pgproof.backup.restore.RestoreRequest;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.backup.source.Backup;
import io.pgproof.command.Trees;
import io.pgproof.postgres.recovery.CombineFailure;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.MachineSpec.Access;
import io.pgproof.sandbox.MachineSpec.Limits;
import io.pgproof.sandbox.MachineSpec.Mount;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory.RunDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Restores an incremental backup with all backups that it depends on, and lets pg_combinebackup of
 * the image's own version combine them into one data directory, in a container without a network.
 */
final class CombineBackups {
  private static final String CHAIN = "/pgproof/chain";
  private static final String SCRIPT = "combine";
  private static final String SAID = "combine.log";
  private static final String STATUS = "combine.status";
  private static final long LOOK_EVERY_MILLIS = 50;
  private static final int MOST_WORDS = 4000;

  private final RestoreAttempt restoreAttempt;
  private final Sandbox sandbox;
  private final RestoreRequest order;
  private final Progress progress;
  private final RunDirectory directory;

  /**
   * @param order the request for a backup without ancestors; the attempt determines where to
   *     restore
   */
  CombineBackups(
      RestoreAttempt restoreAttempt, Sandbox sandbox, RestoreRequest order, Progress progress) {
    this.restoreAttempt = restoreAttempt;
    this.sandbox = sandbox;
    this.order = order;
    this.progress = progress;
    this.directory = restoreAttempt.directory();
  }

  /**
   * Restores all backups and combines them.
   *
   * @param ancestors the full backup first
   * @throws FindingException what is wrong with one of them, or why they cannot be combined
   */
  RestoredBackup run(Backup newest, BackupIdentity identity, List<Backup> ancestors)
      throws IOException, InterruptedException {
    restoreAttempt.makeForServer(directory.chain());
    Map<String, RestoredBackup> restored = new LinkedHashMap<>();
    for (int member = 0; member < ancestors.size(); member++) {
      Backup ancestor = ancestors.get(member);
      progress.at(0, 0, "backup " + (member + 1) + " of " + (ancestors.size() + 1));
      String name = ancestor.directory().getFileName().toString();
      restored.put(
          restored.containsKey(name) ? ancestor.directory().toString() : name,
          Backups.restoreAncestor(ancestor, order(member), progress));
    }
    progress.at(0, 0, "backup " + (ancestors.size() + 1) + " of " + (ancestors.size() + 1));
    RestoredBackup last = Backups.restore(newest, identity, order(ancestors.size()), progress);
    progress.at(0, 0, "combining " + (ancestors.size() + 1) + " backups");
    combine(ancestors.size() + 1);
    Trees.remove(directory.chain());
    order.space().reset();
    return Backups.combined(last, restored, order);
  }

  private RestoreRequest order(int member) {
    RestorePaths restorePaths =
        new RestorePaths(
            directory.chain().resolve(String.valueOf(member)),
            directory.chain().resolve(member + ".tablespaces"),
            CHAIN + "/" + member + ".tablespaces",
            order.places().wal());
    return order.at(restorePaths);
  }

  private void combine(int members) throws IOException, InterruptedException {
    restoreAttempt.makeForServer(directory.data());
    restoreAttempt.makeForServer(directory.log());
    restoreAttempt.makeForServer(directory.settings());
    List<String> tablespaces = tablespaces(members - 1);
    List<Mount> mounts =
        new ArrayList<>(
            List.of(
                new Mount(directory.chain(), CHAIN, Access.READ_ONLY),
                new Mount(directory.data(), RecoveryRequest.DATA, Access.READ_WRITE),
                new Mount(directory.settings(), RecoveryRequest.SETTINGS, Access.READ_ONLY),
                new Mount(directory.log(), RecoveryRequest.LOG, Access.READ_WRITE)));
    if (!tablespaces.isEmpty()) {
      restoreAttempt.makeForServer(directory.tablespaces());
      mounts.add(
          new Mount(directory.tablespaces(), RecoveryRequest.TABLESPACES, Access.READ_WRITE));
    }
    Path script = directory.settings().resolve(SCRIPT);
    Files.writeString(script, script(members, tablespaces));
    restoreAttempt.chown(script);
    Files.createDirectories(directory.machine());
    try {
      sandbox.create(
          new MachineSpec(
              restoreAttempt.machine(),
              restoreAttempt.image().rootfs(),
              mounts,
              List.of("/bin/sh", RecoveryRequest.SETTINGS + "/" + SCRIPT),
              restoreAttempt.image().uid(),
              restoreAttempt.image().gid(),
              new Limits(
                  restoreAttempt.request().resources().memoryBytes(),
                  restoreAttempt.request().resources().cpus())));
      sandbox.start(restoreAttempt.machine());
      while (sandbox.running(restoreAttempt.machine())) {
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
      requireCombined();
    } finally {
      sandbox.destroy(restoreAttempt.machine());
      Trees.remove(directory.machine());
    }
  }

  /** Returns the tablespaces of the newest backup that are outside of its data directory. */
  private List<String> tablespaces(int newest) throws IOException {
    Path outside = directory.chain().resolve(newest + ".tablespaces");
    if (!Files.isDirectory(outside)) {
      return List.of();
    }
    try (Stream<Path> oids = Files.list(outside)) {
      return oids.map(oid -> oid.getFileName().toString()).sorted().toList();
    }
  }

  private String script(int members, List<String> tablespaces) {
    // Without a manifest, because pg_combinebackup writes one only if the newest backup has one,
    // and nothing reads it.
    StringBuilder line =
        new StringBuilder("env -i PATH=/usr/bin:/bin LC_ALL=C ")
            .append(restoreAttempt.image().binDirectory())
            .append("/pg_combinebackup --no-sync --no-manifest --output=")
            .append(RecoveryRequest.DATA);
    for (String oid : tablespaces) {
      line.append(" \\\n --tablespace-mapping=")
          .append(CHAIN)
          .append('/')
          .append(members - 1)
          .append(".tablespaces/")
          .append(oid)
          .append('=')
          .append(RecoveryRequest.TABLESPACES)
          .append('/')
          .append(oid);
    }
    for (int member = 0; member < members; member++) {
      line.append(" \\\n ").append(CHAIN).append('/').append(member);
    }
    return line.append(" \\\n > ")
        .append(RecoveryRequest.LOG)
        .append('/')
        .append(SAID)
        .append(" 2>&1\necho $? > ")
        .append(RecoveryRequest.LOG)
        .append('/')
        .append(STATUS)
        .append('\n')
        .toString();
  }

  private void requireCombined() throws IOException {
    String status = read(STATUS);
    String words = read(SAID);
    if (status.equals("0")) {
      return;
    }
    if (sandbox.ranOutOfMemory(restoreAttempt.machine())) {
      throw found(
          Reason.OUT_OF_MEMORY,
          "pg_combinebackup brought the container to its memory limit",
          words);
    }
    if (status.equals("127")) {
      throw found(
          Reason.NO_IMAGE,
          "the image "
              + restoreAttempt.image().key()
              + " has no pg_combinebackup, which an incremental backup needs",
          words);
    }
    throw status.isEmpty()
        ? found(Reason.ENVIRONMENT, "pg_combinebackup ended before it finished", words)
        : new FindingException(CombineFailure.of(status, words));
  }

  private static FindingException found(Reason reason, String message, String words) {
    return new FindingException(Finding.of(reason, message, words));
  }

  /**
   * Reads what the container wrote. It is not trusted: no link is followed, and the size is
   * limited.
   */
  private String read(String name) throws IOException {
    Path file = directory.log().resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      String text = new String(in.readNBytes(MOST_WORDS), StandardCharsets.UTF_8);
      return text.replaceAll("[\\p{Cntrl}&&[^\n]]", " ").strip();
    }
  }
}
