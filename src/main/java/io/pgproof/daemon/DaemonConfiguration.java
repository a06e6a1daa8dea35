package io.pgproof.daemon;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.HostPrograms;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.anchor.AnchorAlarm;
import io.pgproof.evidence.anchor.Anchors;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.retention.EvidenceRetention;
import io.pgproof.evidence.retention.ExpiredEvidence;
import io.pgproof.image.ImageStore;
import io.pgproof.notify.LimitedHttp;
import io.pgproof.proof.FailureLog;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.verify.VerificationLifecycle;
import io.pgproof.workflow.verify.Verifications;
import java.io.IOException;
import java.time.Clock;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of a daemon with an engine, and the cleanup before the engine executes its first job. */
@Configuration(proxyBeanMethods = false)
class DaemonConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonConfiguration.class);

  @Bean
  PassLog passLog() {
    return new PassLog(System::nanoTime);
  }

  @Bean
  DemoSources demoSources(StateDirectory state, Sandbox sandbox, ImageStore images, Clock clock) {
    return new DemoSources(state, sandbox, images, clock);
  }

  @Bean
  BoundedRecorder boundedRecorder(EvidenceLog evidenceLog, Clock clock) {
    return new BoundedRecorder(evidenceLog, clock);
  }

  @Bean
  OrphanReaper.ActiveNames activeNames(
      VerificationLifecycle lifecycle, DemoSources sources, Controls controls) {
    return directory ->
        lifecycle.owns(directory) || sources.owns(directory) || controls.owns(directory);
  }

  @Bean
  VerificationHandler verificationHandler(
      Verifications verifications,
      ImageStore images,
      ProgressBoard progress,
      RunHistory runHistory,
      EvidenceLog evidenceLog) {
    return new VerificationHandler(verifications, images, progress, runHistory, evidenceLog);
  }

  @Bean
  Anchors anchors(
      DataSource database,
      EvidenceLog evidenceLog,
      EvidenceSequencer sequencer,
      CurrentConfiguration configuration,
      HostPrograms programs,
      StateDirectory state,
      Clock clock,
      Notifier notifier) {
    return new Anchors(
        database,
        evidenceLog,
        sequencer,
        configuration,
        programs,
        new LimitedHttp(Anchors.AUTHORITY_LIMIT),
        state.anchors(),
        clock,
        new AnchorAlarm() {
          @Override
          public void late(ServerEvent.AnchorLate event) {
            notifier.notify(new NotificationEvent.AnchorLate(event));
          }

          @Override
          public void recovered(ServerEvent.LogAnchored event) {
            notifier.notify(new NotificationEvent.AnchorRecovered(event));
          }
        });
  }

  @Bean
  ControlHistory controlHistory(EvidenceLog evidenceLog) {
    return new ControlHistory(evidenceLog);
  }

  @Bean
  ControlHandler controlHandler(
      Controls controls,
      ControlHistory history,
      CurrentConfiguration configuration,
      ImageStore images) {
    return new ControlHandler(controls, history, configuration, images);
  }

  @Bean
  ExpiredEvidence expiredEvidence(
      EvidenceRetention retention, CurrentConfiguration configuration, Clock clock) {
    return new ExpiredEvidence(retention, configuration, clock);
  }

  /**
   * Removes the rows that a removal has named, if a crash came between. The server starts without
   * it; the next removal tries again.
   */
  @Bean
  ApplicationRunner finishRemovals(EvidenceRetention retention) {
    return arguments -> {
      try {
        retention.finish();
      } catch (IOException | RuntimeException | Error e) {
        FailureLog.log(
            LOG, "a removal of evidence could not be finished; the next removal will try again", e);
      }
    };
  }

  /**
   * Runs before the job executor starts, because the job executor waits until the application is
   * ready.
   */
  @Bean
  ApplicationRunner reconcileAtStart(OrphanReaper orphanReaper, VerificationLifecycle lifecycle) {
    return arguments -> {
      Daemon.log(orphanReaper.remove());
      lifecycle.resume();
    };
  }
}
