package io.pgproof.web;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.Ordered;

@Configuration(proxyBeanMethods = false)
@Profile("serve")
class WebConfiguration {
  @Bean
  FilterRegistrationBean<RefuseOddPaths> refuseOddPaths() {
    FilterRegistrationBean<RefuseOddPaths> registration = new FilterRegistrationBean<>(new RefuseOddPaths());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  @Bean
  FilterRegistrationBean<BoundedLists> boundedLists(
      @Value("${camunda.bpm.generic-properties.properties.query-max-results-limit}") int limit) {
    FilterRegistrationBean<BoundedLists> registration = new FilterRegistrationBean<>(new BoundedLists(limit));
    registration.addUrlPatterns("/camunda/api/engine/*");
    return registration;
  }
}
