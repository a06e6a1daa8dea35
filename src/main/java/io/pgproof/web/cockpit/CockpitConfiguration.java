package io.pgproof.web.cockpit;

import java.nio.file.Path;
import org.camunda.bpm.engine.ProcessEngine;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.Ordered;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
@Profile("serve")
class CockpitConfiguration {
  @Bean
  FilterRegistrationBean<PageNonceFilter> nonceOfEachPage() {
    FilterRegistrationBean<PageNonceFilter> registration =
        new FilterRegistrationBean<>(new PageNonceFilter());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    registration.addUrlPatterns("/camunda/*");
    return registration;
  }

  // The server listens only after all singletons are ready, so no request can arrive before this is
  // done.
  @Bean
  SmartInitializingSingleton createUsersAndGroups(
      ProcessEngine engine,
      PlatformTransactionManager transactions,
      @Value("${pgproof.admin-password-file}") Path passwordFile) {
    TransactionTemplate transaction = new TransactionTemplate(transactions);
    return () -> {
      transaction.executeWithoutResult(status -> new AccessRights(engine).ensure());
      new FirstAdministrator(engine, transaction, passwordFile).ensure();
    };
  }

  // After the groups, because singletons are called in the order of their definition.
  @Bean
  @Profile("demo")
  SmartInitializingSingleton createDemoPeople(
      ProcessEngine engine,
      PlatformTransactionManager transactions,
      @Value("${pgproof.demo-passwords-file}") Path file) {
    return () ->
        new DemoPeople(engine.getIdentityService(), new TransactionTemplate(transactions), file)
            .ensure();
  }
}
