package io.pgproof.owner;

import io.pgproof.audit.OneStateDirectory;
import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.audit.Waivers;
import io.pgproof.command.HostPrograms;
import io.pgproof.image.BuiltImages;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.sandbox.lxc.LxcSandbox;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.workflow.Reports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What every owner has, with an engine or without. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DeskSettings.class)
class DeskConfiguration {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /** First of all beans, for nothing may be done in a database that is another's. */
  @Bean
  @DependsOnDatabaseInitialization
  InitializingBean databaseOfThisStateDirectory(DataSource database, Ownership ownership,
      @Value("${pgproof.take-database-from:}") String former) {
    return () -> OneStateDirectory.claim(database, ownership.identity(),
        ownership.state().path() + " on " + Files.readString(HOST_NAME).strip(), former);
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  StateDirectory stateDirectory(@Value("${pgproof.state}") Path state) {
    return new StateDirectory(state);
  }

  @Bean
  HostPrograms hostPrograms() {
    return new HostPrograms();
  }

  @Bean
  Sandbox sandbox(HostPrograms programs, DeskSettings settings) {
    return new LxcSandbox(programs, settings.workerEndsWithin());
  }

  @Bean
  ImageStore imageStore(StateDirectory state, Sandbox sandbox, HostPrograms programs, Clock clock) {
    return new BuiltImages(state.images(), state.imageSources(), sandbox::firstHostId, programs, clock);
  }

  @Bean
  Trail trail(DataSource database, Clock clock) {
    return new Trail(database, clock);
  }

  @Bean
  Waivers waivers(DataSource database) {
    return new Waivers(database);
  }

  @Bean
  Verdicts verdicts(DataSource database, Clock clock) {
    return new Verdicts(database, clock);
  }

  @Bean
  Reports reports(Trail trail) {
    return new Reports(trail);
  }

  @Bean
  Leftovers leftovers(StateDirectory state, Sandbox sandbox, ImageStore images, Clock clock,
      DeskSettings settings, ObjectProvider<Inhabitants> inhabitants) {
    return new Leftovers(
        state, sandbox, images, clock, settings.removalTimeout(), inhabitants.getIfAvailable(() -> directory -> false));
  }

  @Bean
  Desk desk(Reports reports, ImageStore images, Leftovers leftovers) {
    return new Desk(reports, images, leftovers);
  }
}
