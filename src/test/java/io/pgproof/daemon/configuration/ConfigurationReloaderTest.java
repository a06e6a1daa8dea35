package io.pgproof.daemon.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgproof.target.Configuration;
import io.pgproof.target.ConfigurationChanges;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ConfigurationReloaderTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(ConfigurationReloader.class);

  @TempDir Path place;

  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private final AtomicInteger replaced = new AtomicInteger();
  private final List<String> changes = new ArrayList<>();
  private Path file;
  private CurrentConfiguration current;
  private ConfigurationReloader following;

  @BeforeEach
  void aServerThatFollowsItsFile() throws Exception {
    told.start();
    LOG.addAppender(told);
    file = Files.writeString(place.resolve("pgproof.yaml"), targets("shop"));
    follow(Configuration.read(file));
  }

  @AfterEach
  void detach() {
    LOG.detachAppender(told);
  }

  private void record(Configuration before, Configuration after) {
    changes.addAll(ConfigurationChanges.between(before, after));
  }

  @Test
  void anUnchangedFileIsNotReloaded() {
    look(4);
    assertThat(replaced).hasValue(0);
    assertThat(told.list).isEmpty();
  }

  @Test
  void aChangedFileIsAppliedWhenItIsTheSameAtTwoChecks() throws Exception {
    look(2);
    Files.writeString(file, targets("shop"));
    Files.writeString(place.resolve("next"), targets("shop", "crm"));
    Files.move(place.resolve("next"), file, StandardCopyOption.REPLACE_EXISTING);
    look(1);
    assertThat(names()).containsExactly("shop");
    look(1);
    assertThat(names()).containsExactly("shop", "crm");
    look(3);
    assertThat(replaced).hasValue(1);
    assertThat(changes).containsExactly("target crm added");
  }

  @Test
  void aListenerThatFailsDoesNotStopTheOthers() throws Exception {
    current = new CurrentConfiguration(Configuration.read(file));
    current.onReplaced(
        () -> {
          throw new IllegalStateException("the database is gone");
        });
    current.onReplaced(replaced::incrementAndGet);
    following = new ConfigurationReloader(current, this::record);
    look(2);
    Files.writeString(file, targets("shop", "crm"));
    look(2);

    assertThat(names()).containsExactly("shop", "crm");
    assertThat(replaced).hasValue(1);
    assertThat(told.list)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getFormattedMessage())
                    .contains("the new configuration is in force"));
  }

  @Test
  void aWrongFileIsLoggedOnceAndTheOldConfigurationStays() throws Exception {
    look(2);
    Files.writeString(
        file, "targets:\n  - name: Shop\n    path: here\n    schedule: every night\n");
    look(4);
    assertThat(names()).containsExactly("shop");
    assertThat(changes).isEmpty();
    assertThat(told.list)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getFormattedMessage())
                    .contains("stays in force", file + ":2", file + ":3", file + ":4"));

    Files.writeString(file, targets("wiki"));
    look(2);
    assertThat(names()).containsExactly("wiki");
  }

  @Test
  void aRemovedFileIsLoggedAndTheOldConfigurationStays() throws Exception {
    look(2);
    Files.delete(file);
    look(4);
    assertThat(names()).containsExactly("shop");
    assertThat(told.list)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getFormattedMessage())
                    .contains("is gone; the last configuration stays in force"));
  }

  @Test
  void aFileThatAppearsLaterIsApplied() throws Exception {
    Files.delete(file);
    follow(Configuration.none(file));
    look(3);
    assertThat(told.list).isEmpty();
    Files.writeString(file, targets("shop"));
    look(2);
    assertThat(names()).containsExactly("shop");
  }

  private void follow(Configuration configuration) {
    current = new CurrentConfiguration(configuration);
    current.onReplaced(replaced::incrementAndGet);
    following = new ConfigurationReloader(current, this::record);
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      following.checkForChange();
    }
  }

  private java.util.List<String> names() {
    return current.get().targets().stream().map(Target::name).toList();
  }

  private static String targets(String... names) {
    StringBuilder yaml = new StringBuilder("targets:\n");
    for (String name : names) {
      yaml.append("  - name: ")
          .append(name)
          .append("\n    path: /backups/")
          .append(name)
          .append('\n');
    }
    return yaml.toString();
  }
}
