package io.pgproof.evidence.runs;

import io.pgproof.EngineDatabase;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Named;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** An H2 in memory and a real PostgreSQL, both with the program's tables. */
public final class BothDatabases implements AutoCloseable {
  private final EngineDatabase postgres = EngineDatabase.start();
  private final SingleConnectionDataSource connection =
      new SingleConnectionDataSource(postgres.url(), postgres.user(), postgres.password(), true);
  private final JdbcConnectionPool embedded =
      JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "", "");

  public BothDatabases() {
    Flyway.configure()
        .dataSource(postgres.url(), postgres.user(), postgres.password())
        .locations("classpath:db/migration/postgresql")
        .load()
        .migrate();
    Flyway.configure().dataSource(embedded).locations("classpath:db/migration/h2").load().migrate();
  }

  public List<Named<DataSource>> all() {
    return List.of(Named.of("PostgreSQL", connection), Named.of("H2", embedded));
  }

  /** Removes all runs, the insert-only evidence included. */
  public static void empty(DataSource database) {
    JdbcTemplate jdbc = new JdbcTemplate(database);
    boolean h2 = database instanceof JdbcConnectionPool;
    jdbc.execute(
        h2
            ? "drop trigger pgproof_evidence_insert_only"
            : "alter table pgproof_evidence disable trigger all");
    for (String table :
        List.of(
            "pgproof_evidence",
            "pgproof_run",
            "pgproof_run_person",
            "pgproof_run_target",
            "pgproof_run_filled")) {
      jdbc.update("delete from " + table);
    }
    jdbc.execute(
        h2
            ? "create trigger pgproof_evidence_insert_only before update, delete on pgproof_evidence"
                + " for each row call 'io.pgproof.audit.RefuseChange'"
            : "alter table pgproof_evidence enable trigger all");
  }

  @Override
  public void close() {
    connection.destroy();
    embedded.dispose();
    postgres.close();
  }
}
