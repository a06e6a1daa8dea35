package io.pgproof.workflow;

import io.pgproof.backup.Backup;
import io.pgproof.backup.BackupIdentity;
import io.pgproof.backup.Backups;
import io.pgproof.backup.Places;
import io.pgproof.backup.RestoreOrder;
import io.pgproof.backup.Restored;
import io.pgproof.postgres.CombineFailure;
import io.pgproof.postgres.RecoveryOrder;
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
import io.pgproof.state.Trees;
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
 * Restores an incremental backup with all that it stands on, and has pg_combinebackup of the image's own version make one
 * data directory of them, in a container without a network.
 */
final class CombineBackups {
  private static final String CHAIN = "/pgproof/chain";
  private static final String SCRIPT = "combine";
  private static final String SAID = "combine.log";
  private static final String STATUS = "combine.status";
  private static final long LOOK_EVERY_MILLIS = 50;
  private static final int MOST_WORDS = 4000;

  private final Stay stay;
  private final Sandbox sandbox;
  private final RestoreOrder order;
  private final Progress progress;
  private final RunDirectory directory;

  /** @param order for a backup that stands alone; where to restore is told by the stay */
  CombineBackups(Stay stay, Sandbox sandbox, RestoreOrder order, Progress progress) {
    this.stay = stay;
    this.sandbox = sandbox;
    this.order = order;
    this.progress = progress;
    this.directory = stay.directory();
  }

  /**
   * @param ancestors the full backup first
   * @throws FindingException what is wrong with one of them, or why they cannot be combined
   */
  Restored run(Backup newest, BackupIdentity identity, List<Backup> ancestors) throws IOException, InterruptedException {
    stay.makeForServer(directory.chain());
    Map<String, Restored> restored = new LinkedHashMap<>();
    for (int member = 0; member < ancestors.size(); member++) {
      Backup ancestor = ancestors.get(member);
      progress.at(0, 0, "backup " + (member + 1) + " of " + (ancestors.size() + 1));
      String name = ancestor.directory().getFileName().toString();
      restored.put(restored.containsKey(name) ? ancestor.directory().toString() : name,
          Backups.restoreAncestor(ancestor, order(member), progress));
    }
    progress.at(0, 0, "backup " + (ancestors.size() + 1) + " of " + (ancestors.size() + 1));
    Restored last = Backups.restore(newest, identity, order(ancestors.size()), progress);
    progress.at(0, 0, "combining " + (ancestors.size() + 1) + " backups");
    combine(ancestors.size() + 1);
    Trees.remove(directory.chain());
    order.space().gone();
    return Backups.combined(last, restored, order);
  }

  private RestoreOrder order(int member) {
    Places places = new Places(
        directory.chain().resolve(String.valueOf(member)), directory.chain().resolve(member + ".tablespaces"),
        CHAIN + "/" + member + ".tablespaces", order.places().wal());
    return order.at(places);
  }

  private void combine(int members) throws IOException, InterruptedException {
    stay.makeForServer(directory.data());
    stay.makeForServer(directory.log());
    stay.makeForServer(directory.settings());
    List<String> tablespaces = tablespaces(members - 1);
    List<Mount> mounts = new ArrayList<>(List.of(
        new Mount(directory.chain(), CHAIN, Access.READ_ONLY),
        new Mount(directory.data(), RecoveryOrder.DATA, Access.READ_WRITE),
        new Mount(directory.settings(), RecoveryOrder.SETTINGS, Access.READ_ONLY),
        new Mount(directory.log(), RecoveryOrder.LOG, Access.READ_WRITE)));
    if (!tablespaces.isEmpty()) {
      stay.makeForServer(directory.tablespaces());
      mounts.add(new Mount(directory.tablespaces(), RecoveryOrder.TABLESPACES, Access.READ_WRITE));
    }
    Path script = directory.settings().resolve(SCRIPT);
    Files.writeString(script, script(members, tablespaces));
    stay.own(script);
    Files.createDirectories(directory.machine());
    try {
      sandbox.create(new MachineSpec(
          stay.machine(), stay.image().rootfs(), mounts, List.of("/bin/sh", RecoveryOrder.SETTINGS + "/" + SCRIPT),
          stay.image().uid(), stay.image().gid(),
          new Limits(stay.request().resources().memoryBytes(), stay.request().resources().cpus())));
      sandbox.start(stay.machine());
      while (sandbox.running(stay.machine())) {
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
      requireCombined();
    } finally {
      sandbox.destroy(stay.machine());
      Trees.remove(directory.machine());
    }
  }

  /** The tablespaces of the newest backup that lie outside of its data directory. */
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
    // It makes a manifest only where the newest backup has one, and nobody reads it.
    StringBuilder line = new StringBuilder("env -i PATH=/usr/bin:/bin LC_ALL=C ")
        .append(stay.image().binDirectory()).append("/pg_combinebackup --no-sync --no-manifest --output=").append(RecoveryOrder.DATA);
    for (String oid : tablespaces) {
      line.append(" \\\n --tablespace-mapping=").append(CHAIN).append('/').append(members - 1).append(".tablespaces/").append(oid)
          .append('=').append(RecoveryOrder.TABLESPACES).append('/').append(oid);
    }
    for (int member = 0; member < members; member++) {
      line.append(" \\\n ").append(CHAIN).append('/').append(member);
    }
    return line.append(" \\\n > ").append(RecoveryOrder.LOG).append('/').append(SAID).append(" 2>&1\necho $? > ")
        .append(RecoveryOrder.LOG).append('/').append(STATUS).append('\n').toString();
  }

  private void requireCombined() throws IOException {
    String status = read(STATUS);
    String words = read(SAID);
    if (status.equals("0")) {
      return;
    }
    if (sandbox.ranOutOfMemory(stay.machine())) {
      throw found(Reason.OUT_OF_MEMORY, "pg_combinebackup took the container to its memory limit", words);
    }
    if (status.equals("127")) {
      throw found(Reason.NO_IMAGE, "the image " + stay.image().key() + " has no pg_combinebackup, which an incremental backup needs",
          words);
    }
    throw status.isEmpty()
        ? found(Reason.ENVIRONMENT, "pg_combinebackup ended before it was done", words)
        : new FindingException(CombineFailure.of(status, words));
  }

  private static FindingException found(Reason reason, String message, String words) {
    return new FindingException(Finding.of(reason, message, words));
  }

  /** What the container wrote; it is not trusted, so no link is followed and it is bounded. */
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
