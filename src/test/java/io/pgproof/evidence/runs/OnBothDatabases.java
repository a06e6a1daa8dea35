package io.pgproof.evidence.runs;

import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;

/** Gives each test an empty H2 and an empty PostgreSQL in turn. */
public abstract class OnBothDatabases {
  static BothDatabases databases;

  @BeforeAll
  protected static void start() {
    databases = new BothDatabases();
  }

  @AfterAll
  protected static void stop() {
    databases.close();
  }

  protected static List<Named<DataSource>> databases() {
    databases.all().forEach(database -> BothDatabases.empty(database.getPayload()));
    return databases.all();
  }
}
