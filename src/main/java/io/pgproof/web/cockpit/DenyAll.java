package io.pgproof.web.cockpit;

import java.util.Map;
import org.camunda.bpm.webapp.impl.security.auth.Authentication;
import org.camunda.bpm.webapp.impl.security.filter.Authorization;
import org.camunda.bpm.webapp.impl.security.filter.RequestAuthorizer;

/**
 * Denies every request: for the open first-run setup (CVE-2026-77226), and for every path below
 * {@code /api} that no rule of {@code pgproof-access-rules.json} names. Without it, such paths are
 * open to everybody.
 */
public final class DenyAll implements RequestAuthorizer {
  @Override
  public Authorization authorize(Map<String, String> parameters) {
    return Authorization.denied(Authentication.ANONYMOUS);
  }
}
