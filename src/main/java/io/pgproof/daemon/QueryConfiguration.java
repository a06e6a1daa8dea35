package io.pgproof.daemon;

import io.pgproof.Pgproof;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.OneStateDirectory;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.audit.Waivers;
import io.pgproof.certificate.CertificateKeys;
import io.pgproof.certificate.Certificates;
import io.pgproof.command.HostPrograms;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.log.LogAuditor;
import io.pgproof.evidence.log.LogExport;
import io.pgproof.evidence.log.LogRemoval;
import io.pgproof.evidence.log.LoggedEntries;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.retention.EvidenceRetention;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunTableFill;
import io.pgproof.evidence.runs.RunTableFollower;
import io.pgproof.image.BuiltImages;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.FindingException;
import io.pgproof.report.ReportFiles;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.sandbox.lxc.LxcSandbox;
import io.pgproof.state.Ownership;
import io.pgproof.state.SignOfLife;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.token.TokenUsers;
import io.pgproof.token.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** Beans of every process that owns a state directory, with an engine or without. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DaemonSettings.class)
class QueryConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(QueryConfiguration.class);
  private static final Duration REPORTS_WAIT = Duration.ofSeconds(30);
  private static final Duration CERTIFICATES_WAIT = Duration.ofSeconds(30);
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /**
   * The first of all beans, because nothing may be done in a database that belongs to another state
   * directory.
   */
  @Bean
  @DependsOnDatabaseInitialization
  InitializingBean databaseOfThisStateDirectory(
      DataSource database,
      Ownership ownership,
      @Value("${pgproof.take-database-from:}") String former) {
    return () ->
        OneStateDirectory.claim(
            database,
            ownership.identity(),
            ownership.state().path() + " on " + Files.readString(HOST_NAME).strip(),
            former);
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
  Sandbox sandbox(HostPrograms programs, DaemonSettings settings) {
    return new LxcSandbox(programs, settings.workerEndsWithin());
  }

  @Bean
  ImageStore imageStore(StateDirectory state, Sandbox sandbox, HostPrograms programs, Clock clock) {
    return new BuiltImages(
        state.images(), state.imageSources(), sandbox::firstHostId, programs, clock);
  }

  /** Nothing is recorded before the list of runs is filled. */
  @Bean
  @DependsOn("databaseOfThisStateDirectory")
  EvidenceLog evidenceLog(DataSource database, Clock clock) {
    new RunTableFill(database).fill();
    return new EvidenceLog(database, clock, new RunTableFollower(database));
  }

  @Bean
  EvidenceSequencer evidenceSequencer(
      DataSource database, EvidenceLog evidenceLog, Ownership ownership, Clock clock) {
    return new EvidenceSequencer(
        database, evidenceLog, ownership.state().log(), ownership.identity(), clock);
  }

  /**
   * The key is made at the first start; a damaged one keeps only certificates from being issued.
   */
  @Bean
  CertificateKeys certificateKeys(EvidenceLog evidenceLog, Ownership ownership, Clock clock)
      throws IOException {
    CertificateKeys keys =
        new CertificateKeys(
            ownership.state().certificate(),
            Files.readString(HOST_NAME).strip(),
            evidenceLog,
            clock);
    try {
      keys.prepare();
    } catch (FindingException | IOException e) {
      LOG.error("no certificates can be issued: {}", e.getMessage());
    }
    return keys;
  }

  @Bean
  Certificates certificates(
      CertificateKeys keys,
      EvidenceLog evidenceLog,
      EvidenceSequencer sequencer,
      DataSource database,
      StateDirectory state,
      Clock clock) {
    String version = Pgproof.class.getPackage().getImplementationVersion();
    return new Certificates(
        keys,
        evidenceLog,
        sequencer,
        new LoggedEntries(database, evidenceLog, state.log()),
        clock,
        version == null ? null : "pgproof " + version,
        CERTIFICATES_WAIT);
  }

  @Bean
  RunIndex runIndex(DataSource database) {
    return new RunIndex(database);
  }

  @Bean
  Waivers waivers(DataSource database) {
    return new Waivers(database);
  }

  @Bean
  VerdictHistory verdictHistory(DataSource database, Clock clock) {
    return new VerdictHistory(database, clock);
  }

  @Bean
  RunHistory runHistory(EvidenceLog evidenceLog) {
    return new RunHistory(evidenceLog);
  }

  @Bean
  OrphanReaper orphanReaper(
      StateDirectory state,
      Sandbox sandbox,
      ImageStore images,
      Clock clock,
      DaemonSettings settings,
      ObjectProvider<OrphanReaper.ActiveNames> inhabitants) {
    return new OrphanReaper(
        state,
        sandbox,
        images,
        clock,
        settings.removalTimeout(),
        inhabitants.getIfAvailable(() -> directory -> false));
  }

  @Bean
  Tokens tokens(DataSource database, EvidenceLog evidenceLog, Clock clock) {
    return new Tokens(database, evidenceLog, clock);
  }

  @Bean
  ComplianceReports complianceReports(
      EvidenceLog evidenceLog, RunIndex runIndex, Clock clock, StateDirectory state) {
    return new ComplianceReports(evidenceLog, runIndex, clock, new SignOfLife(state)::last);
  }

  @Bean
  ReportFiles reportFiles(ComplianceReports reports, StateDirectory state) {
    return new ReportFiles(reports, state.path(), REPORTS_WAIT);
  }

  @Bean
  EvidenceRetention evidenceRetention(
      DataSource database,
      EvidenceLog evidenceLog,
      EvidenceSequencer sequencer,
      StateDirectory state,
      Clock clock) {
    return new EvidenceRetention(
        database,
        evidenceLog,
        new LogRemoval(database, evidenceLog, state.log(), sequencer, clock),
        clock);
  }

  @Bean
  LogHandler logHandler(
      DataSource database,
      EvidenceLog evidenceLog,
      EvidenceSequencer sequencer,
      StateDirectory state,
      EvidenceRetention retention) {
    return new LogHandler(
        new LogAuditor(database, evidenceLog, state.log(), state.anchors(), sequencer),
        new LogExport(database, state.log()),
        evidenceLog,
        retention);
  }

  @Bean
  QueryHandler queryHandler(
      RunHistory runHistory,
      EvidenceLog evidenceLog,
      ImageStore images,
      OrphanReaper orphanReaper,
      Tokens tokens,
      DataSource database,
      LogHandler log,
      ReportFiles reports,
      Certificates certificates,
      StateDirectory state,
      ObjectProvider<CurrentConfiguration> configuration) {
    return new QueryHandler(
        runHistory,
        new ServerHistory(evidenceLog),
        images,
        orphanReaper,
        new TokenHandler(tokens, new TokenUsers(database)),
        log,
        new ReportHandler(reports, state, Optional.ofNullable(configuration.getIfAvailable())),
        certificates);
  }
}
