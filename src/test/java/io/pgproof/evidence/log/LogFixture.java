package io.pgproof.evidence.log;

import com.zaxxer.hikari.HikariDataSource;
import io.pgproof.EngineDatabase;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.proof.RunId;
import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.SignedNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A database with evidence, and the directory of its log. */
public final class LogFixture implements AutoCloseable {
  public static final RunId RUN = new RunId("20261201-030000-aaaa");

  public final DataSource database;
  public final JdbcTemplate jdbc;
  public final Path directory;
  public final Path anchors;
  public final EvidenceLog evidence;
  Clock clock = Clock.systemUTC();

  private LogFixture(DataSource database, Path place) {
    this.database = database;
    this.jdbc = new JdbcTemplate(database);
    this.directory = place.resolve("log");
    this.anchors = place.resolve("anchors");
    this.evidence = new EvidenceLog(database, Clock.systemUTC());
  }

  public static LogFixture onH2(Path place) {
    DataSource database =
        JdbcConnectionPool.create(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    return new LogFixture(database, place);
  }

  /** In a schema of its own. */
  static LogFixture on(EngineDatabase postgres, Path place) {
    return on(postgres, place, postgres.user());
  }

  /** In a schema of its own, which a new role owns that has no other rights. */
  public static LogFixture onAsOwner(EngineDatabase postgres, Path place) {
    String role = "r" + UUID.randomUUID().toString().replace("-", "");
    JdbcTemplate administrator =
        new JdbcTemplate(
            new DriverManagerDataSource(postgres.url(), postgres.user(), postgres.password()));
    administrator.execute("create role " + role + " login");
    administrator.execute("grant create on database pgproof to " + role);
    return on(postgres, place, role);
  }

  private static LogFixture on(EngineDatabase postgres, Path place, String user) {
    String schema = "s" + UUID.randomUUID().toString().replace("-", "");
    HikariDataSource database = new HikariDataSource();
    database.setJdbcUrl(postgres.url() + "&currentSchema=" + schema);
    database.setUsername(user);
    database.setPassword(postgres.password());
    database.setMaximumPoolSize(8);
    database.setMinimumIdle(0);
    Flyway.configure()
        .dataSource(database)
        .schemas(schema)
        .locations("classpath:db/migration/postgresql")
        .load()
        .migrate();
    return new LogFixture(database, place);
  }

  public EvidenceSequencer sequencer() {
    return new EvidenceSequencer(database, evidence, directory, "4b0d3a3e", clock);
  }

  void record(int entries) {
    for (int i = 0; i < entries; i++) {
      evidence.record(RUN, "Noted", 1, "ada", Map.of("n", i));
    }
  }

  /** Takes everything with a sequencer of its own; returns why the log takes nothing, or "". */
  String take() {
    EvidenceSequencer sequencer = sequencer();
    sequencer.take(false);
    return sequencer.damage().orElse("");
  }

  LogAuditor auditor() {
    return new LogAuditor(database, evidence, directory, anchors, sequencer());
  }

  LogAudit verify() throws IOException {
    return auditor().verify(null, positions -> {});
  }

  /** Returns a new file with the whole log, beside its directory. */
  Path export() throws IOException {
    Path file = directory.resolveSibling("export" + System.nanoTime());
    try (ExportFile export = new ExportFile(file)) {
      new LogExport(database, directory).write(lines -> export.write(false, lines));
      export.complete();
    }
    return file;
  }

  void later(Duration by) {
    clock = Clock.offset(clock, by);
  }

  Checkpoint checkpoint() throws IOException {
    LogDirectory log = new LogDirectory(directory);
    return LogDirectory.verified(log.checkpoint().orElseThrow(), log.publicKeys(), "test");
  }

  /** The checkpoint on disk as another key would have signed it. */
  String checkpointSignedBy(LogKey.Signing other) throws IOException {
    String text = new LogDirectory(directory).checkpoint().orElseThrow();
    return SignedNote.sign(
        text.substring(0, text.indexOf("\n\n") + 1), other.key().note(), other.secret());
  }

  /** The entries in the order of the log. */
  List<Long> entries() {
    return jdbc.queryForList("select entry from pgproof_log order by position", Long.class);
  }

  List<String> events() {
    return jdbc.queryForList(
        "select kind from pgproof_evidence where run is null order by id", String.class);
  }

  /** As somebody who administers the embedded database could. */
  public void force(String... statements) {
    for (String table : List.of("evidence", "log", "log_checkpoint")) {
      jdbc.execute("drop trigger if exists pgproof_" + table + "_insert_only");
    }
    jdbc.execute("set referential_integrity false");
    for (String statement : statements) {
      jdbc.update(statement);
    }
    jdbc.execute("set referential_integrity true");
  }

  /** Takes everything away that was recorded after the log had this size. */
  void restoreDatabase(long size) {
    force(
        "delete from pgproof_evidence where id > (select max(entry) from pgproof_log where position < "
            + size
            + ")",
        "delete from pgproof_log where position >= " + size,
        "delete from pgproof_log_checkpoint where last_position >= " + size,
        "update pgproof_log_head set last_position = " + (size - 1));
  }

  /** All files with their contents. */
  Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(
            directory.relativize(file).toString(),
            HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return files;
  }

  @Override
  public void close() {
    if (database instanceof HikariDataSource pool) {
      pool.close();
    } else {
      jdbc.execute("shutdown");
    }
  }
}
