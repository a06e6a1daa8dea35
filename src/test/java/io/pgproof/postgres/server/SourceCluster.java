package io.pgproof.postgres.server;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real cluster that was written to while {@code pg_basebackup} took a backup of it. */
public final class SourceCluster {
  private static final String INSIDE = "/source";

  final Path home;
  final Path backup;
  public final Path archive;

  private SourceCluster(Path home) {
    this.home = home;
    this.backup = home.resolve("backup");
    this.archive = home.resolve("archive");
  }

  /**
   * Makes the cluster, runs {@code sql} in its database {@code shop}, backs it up, writes on,
   * archives, ends it.
   */
  public static SourceCluster backedUp(Path home, String sql)
      throws IOException, InterruptedException {
    SourceCluster source = new SourceCluster(HostMachine.owned(home));
    HostMachine.owned(source.archive);
    Files.writeString(home.resolve("before.sql"), sql);
    Path script = home.resolve("make.sh");
    Files.writeString(
        script,
        """
        set -e
        export PATH=%s:/usr/bin:/bin LC_ALL=C
        cd %s
        initdb -D data -U postgres -A trust -N -k >initdb.log
        cat >> data/postgresql.conf <<'END'
        listen_addresses = ''
        unix_socket_directories = '/source'
        wal_level = logical
        max_prepared_transactions = 10
        archive_mode = on
        archive_command = 'cp %%p /source/archive/%%f'
        track_commit_timestamp = on
        autovacuum = off
        fsync = off
        END
        pg_ctl -D data -l server.log -w start >/dev/null
        q() { PGDATABASE=${PGDATABASE:-postgres} psql -h /source -U keeper -XAtq -v ON_ERROR_STOP=1 "$@"; }
        psql -h /source -U postgres -XAtq -c 'create role keeper superuser login replication'
        q -c 'create database shop'
        q -d shop <<'END'
        create table orders(id serial primary key, note text, created_at timestamptz, created_local timestamp, day date);
        insert into orders(note, created_at, created_local, day)
          select 'first', now(), now() at time zone 'UTC', current_date from generate_series(1, 5000);
        create table held(x int);
        begin;
        insert into held values (1);
        prepare transaction 'held';
        END
        q -d shop -f before.sql
        (for i in 1 2 3 4 5 6 7 8; do
          q -d shop -c "insert into orders(note, created_at) select 'during', now() from generate_series(1, 1000)"
        done) &
        writer=$!
        pg_basebackup -h /source -U keeper -D backup -Fp -Xs -c fast
        wait $writer
        q -c 'select pg_switch_wal()' >/dev/null
        q -d shop -c "insert into orders(note, created_at) values ('after', now())" -c 'select pg_switch_wal()' >/dev/null
        pg_ctl -D data -m fast -w stop >/dev/null
        """
            .formatted(HostMachine.BIN, INSIDE));
    HostMachine.run(home, Map.of(home, INSIDE), List.of("/bin/sh", INSIDE + "/make.sh"));
    return source;
  }

  /** A copy of the backup as a restore leaves it. */
  public Path restoredTo(Path directory) throws IOException, InterruptedException {
    Process copy =
        new ProcessBuilder("cp", "-a", backup.toString(), directory.toString()).inheritIO().start();
    if (copy.waitFor() != 0) {
      throw new IOException("cannot copy " + backup);
    }
    return directory;
  }

  public BackupIdentity.Label label() throws IOException {
    String text = Files.readString(backup.resolve("backup_label"));
    return new BackupIdentity.Label(
        Lsn.parse(found(text, "START WAL LOCATION: (\\S+)")),
        found(text, "START WAL LOCATION: .*\\(file (\\w+)\\)"),
        Lsn.parse(found(text, "CHECKPOINT LOCATION: (\\S+)")),
        Instant.now(),
        "pg_basebackup base backup",
        OptionalInt.of(Integer.parseInt(found(text, "START TIMELINE: (\\d+)"))),
        false,
        Optional.empty(),
        OptionalInt.empty());
  }

  public Lsn endLsn() throws IOException {
    return Lsn.parse(
        found(Files.readString(backup.resolve("backup_manifest")), "\"End-LSN\": \"([^\"]+)\""));
  }

  public ControlFile control() throws IOException, InterruptedException {
    String text =
        HostMachine.run(
            home,
            Map.of(home, INSIDE),
            List.of(HostMachine.BIN + "/pg_controldata", INSIDE + "/backup"));
    return new ControlFile(
        found(text, "Database system identifier: +(\\d+)"),
        Integer.parseInt(found(text, "pg_control version number: +(\\d+)")),
        Lsn.parse(found(text, "Latest checkpoint location: +(\\S+)")),
        Instant.now(),
        Integer.parseInt(found(text, "Latest checkpoint's TimeLineID: +(\\d+)")),
        Integer.parseInt(found(text, "max_connections setting: +(\\d+)")),
        Integer.parseInt(found(text, "max_worker_processes setting: +(\\d+)")),
        Integer.parseInt(found(text, "max_wal_senders setting: +(\\d+)")),
        Integer.parseInt(found(text, "max_prepared_xacts setting: +(\\d+)")),
        Integer.parseInt(found(text, "max_locks_per_xact setting: +(\\d+)")),
        8192,
        131_072,
        Integer.parseInt(found(text, "Bytes per WAL segment: +(\\d+)")),
        true);
  }

  public static String found(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException(pattern + " is not in:\n" + text);
    }
    return matcher.group(1);
  }
}
