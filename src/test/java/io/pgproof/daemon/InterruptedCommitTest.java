package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ClassPathResource;

/**
 * The embedded database as it is configured: an interrupt is for the thread that it was meant for.
 */
class InterruptedCommitTest {
  private static final int INTERRUPTS = 30;

  @TempDir Path state;

  @Test
  void anInterruptDuringACommitDoesNotCloseTheDatabase() throws Exception {
    try (Connection others = connect();
        Statement statement = others.createStatement()) {
      statement.execute("create table written (id int)");
      for (int interrupt = 0; interrupt < INTERRUPTS; interrupt++) {
        Thread writer = new Thread(this::writeUntilInterrupted);
        writer.start();
        Thread.sleep(5 + interrupt % 10);
        writer.interrupt();
        writer.join();

        assertThatCode(() -> statement.execute("insert into written values (-1)"))
            .doesNotThrowAnyException();
      }
      assertThat(
              statement
                  .executeQuery("select 1 from written where id = -1 offset " + (INTERRUPTS - 1))
                  .next())
          .isTrue();
    }
  }

  private void writeUntilInterrupted() {
    try (Connection own = connect();
        Statement statement = own.createStatement()) {
      while (!Thread.currentThread().isInterrupted()) {
        statement.execute("insert into written values (1)");
      }
    } catch (SQLException e) {
      // Its own commit may fail; that of others may not.
    }
  }

  private Connection connect() throws SQLException {
    YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
    yaml.setResources(new ClassPathResource("application.yaml"));
    String url =
        yaml.getObject()
            .getProperty("spring.datasource.url")
            .replace("${pgproof.state}", state.toString());
    return DriverManager.getConnection(url, "pgproof", "");
  }
}
