package io.pgproof.web.login;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.workflow.model.Groups;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.authentication.AuthenticationSuccessHandler;
import org.springframework.security.web.context.SecurityContextRepository;

/** What follows a log-in at the provider, and a refused one. */
final class OpenIdOutcome implements AuthenticationSuccessHandler, AuthenticationFailureHandler {
  private static final Logger LOG = LoggerFactory.getLogger(OpenIdOutcome.class);
  private static final int LONGEST_REASON = 300;

  private final String provider;
  private final LogInPage page;
  private final LogInOutcome entered;
  private final SecurityContextRepository contexts;
  private final BoundedRecorder recorder;

  /**
   * @param provider what the log-in page calls it
   */
  OpenIdOutcome(
      String provider,
      LogInPage page,
      LogInOutcome entered,
      SecurityContextRepository contexts,
      BoundedRecorder recorder) {
    this.provider = provider;
    this.page = page;
    this.entered = entered;
    this.contexts = contexts;
    this.recorder = recorder;
  }

  /** From here on the person is like one who logged in by password. */
  @Override
  public void onAuthenticationSuccess(
      HttpServletRequest request, HttpServletResponse response, Authentication authentication)
      throws IOException {
    OpenIdUser user = (OpenIdUser) authentication.getPrincipal();
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(LoggedIn.as(user.person()));
    SecurityContextHolder.setContext(context);
    contexts.saveContext(context, request, response);
    entered.enter(
        request,
        response,
        user.person(),
        new ServerEvent.LoggedIn.OpenId(user.getIssuer().toString(), user.getSubject()),
        (String) request.getAttribute(OpenIdRequests.RETURN_TO));
  }

  @Override
  public void onAuthenticationFailure(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException {
    OAuth2Error error =
        reason instanceof OAuth2AuthenticationException told
            ? told.getError()
            : new OAuth2Error("provider_unreachable");
    String address = request.getRemoteAddr();
    switch (error.getErrorCode()) {
      case OpenIdPeople.NO_GROUP -> {
        String person = String.valueOf(error.getDescription());
        LOG.info("the log-in of {} from {} was refused: in no group", person, address);
        record(request, person, "in no group that leads to one of pgproof");
        show(
            request,
            response,
            HttpStatus.FORBIDDEN,
            provider
                + " knows you, but you are in no group that may enter. Ask an administrator for one that leads to "
                + String.join(", ", Groups.all())
                + ".");
      }
      case "authorization_request_not_found", "invalid_state_parameter" -> {
        record(request, null, "came back from the provider without having been sent there");
        show(
            request,
            response,
            HttpStatus.UNAUTHORIZED,
            "The log-in took too long, or was begun in another browser. Try again.");
      }
      case "access_denied" -> {
        record(request, null, "the provider denied the log-in");
        show(request, response, HttpStatus.UNAUTHORIZED, provider + " denied the log-in.");
      }
      default -> {
        LOG.warn("a log-in at {} failed: {}", provider, describe(reason));
        record(request, null, "the provider cannot be reached, or its answer is wrong");
        show(
            request,
            response,
            HttpStatus.BAD_GATEWAY,
            provider
                + " cannot be reached, or its answer is wrong; the log of pgproof says more. Try again later, or log in"
                + " with a user name and a password of pgproof.");
      }
    }
  }

  private void record(HttpServletRequest request, @Nullable String person, String because) {
    String address = request.getRemoteAddr();
    recorder.refusedStranger(
        AttemptLimit.network(address), new ServerEvent.LogInRefused(person, address, because));
  }

  private void show(
      HttpServletRequest request, HttpServletResponse response, HttpStatus status, String message)
      throws IOException {
    response.setStatus(status.value());
    page.show(request, response, message);
  }

  /** In one line: part of it comes from the network. */
  private static String describe(AuthenticationException reason) {
    Throwable root = reason;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String text =
        (reason.getMessage() + (root == reason ? "" : ": " + root)).replaceAll("\\p{Cntrl}+", " ");
    return text.substring(0, Math.min(text.length(), LONGEST_REASON));
  }
}
