package io.pgproof.web.api.call;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.web.view.VerificationStart;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates what the calls work with. */
@Configuration(proxyBeanMethods = false)
@Profile("serve")
class CallConfiguration {
  @Bean
  RunStart runStart(
      VerificationStart verificationStart,
      DataSource database,
      Clock clock,
      PlatformTransactionManager transactions) {
    return new RunStart(
        verificationStart, new RequestKeys(database, clock), new TransactionTemplate(transactions));
  }

  @Bean
  RunWait runWait(RunIndex runIndex, EvidenceLog evidenceLog) {
    return new RunWait(runIndex, evidenceLog);
  }
}
