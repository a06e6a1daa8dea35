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
  FilterRegistrationBean<OddPathFilter> refuseOddPaths() {
    FilterRegistrationBean<OddPathFilter> registration =
        new FilterRegistrationBean<>(new OddPathFilter());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  @Bean
  FilterRegistrationBean<QueryLimitFilter> boundedLists(
      @Value("${camunda.bpm.generic-properties.properties.query-max-results-limit}") int limit) {
    FilterRegistrationBean<QueryLimitFilter> registration =
        new FilterRegistrationBean<>(new QueryLimitFilter(limit));
    registration.addUrlPatterns("/camunda/api/engine/*");
    return registration;
  }
}
