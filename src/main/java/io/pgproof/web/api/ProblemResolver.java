package io.pgproof.web.api;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.pgproof.proof.FailureLog;
import io.pgproof.proof.Mistakes;
import io.pgproof.proof.UsageException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.DisconnectedClientHelper;

/** Answers a call that failed with a problem; what fails elsewhere is not its business. */
final class ProblemResolver implements HandlerExceptionResolver, Ordered {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemResolver.class);
  private static final String CONTRACT = "see " + ApiPaths.OPEN_API + " for the calls that exist";

  private final ProblemWriter problems;

  ProblemResolver(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public @Nullable ModelAndView resolveException(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable Object handler,
      Exception failure) {
    if (!ApiPaths.contain(request)) {
      return null;
    }
    if (response.isCommitted() || DisconnectedClientHelper.isClientDisconnectedException(failure)) {
      return new ModelAndView();
    }
    try {
      answer(request, response, failure);
    } catch (IOException e) {
      LOG.debug("the caller of {} is gone: {}", ApiPaths.pathOf(request), e.toString());
    }
    return new ModelAndView();
  }

  private void answer(HttpServletRequest request, HttpServletResponse response, Exception failure)
      throws IOException {
    if (failure instanceof ErrorResponse known
        && known.getStatusCode().value() != HttpStatus.NOT_FOUND.value()) {
      // Such as a method that the path does not have.
      known
          .getHeaders()
          .forEach((name, values) -> values.forEach(v -> response.addHeader(name, v)));
      problems.write(
          response, known.getBody(), known.getStatusCode().is4xxClientError() ? CONTRACT : "");
      return;
    }
    problems.write(response, problem(request, failure));
  }

  private static ProblemException problem(HttpServletRequest request, Exception failure) {
    if (failure instanceof ProblemException problem) {
      return problem;
    } else if (failure instanceof ErrorResponse) {
      return new ProblemException(
          ProblemType.NOT_FOUND,
          "there is no " + request.getMethod() + " " + ApiPaths.pathOf(request),
          CONTRACT);
    } else if (failure instanceof UsageException usage) {
      return bad(
          String.valueOf(usage.getMessage()),
          Objects.requireNonNullElse(usage.finding().hint(), ""));
    } else if (failure instanceof MethodArgumentTypeMismatchException mismatch) {
      return bad(
          mismatch.getName() + " is " + Mistakes.quoted(String.valueOf(mismatch.getValue())),
          "see " + ApiPaths.OPEN_API + " for what " + mismatch.getName() + " may be");
    } else if (failure instanceof HttpMessageNotReadableException unreadable) {
      return bad(
          wrongBody(unreadable), "see " + ApiPaths.OPEN_API + " for the members of the body");
    }
    return failed(request, failure);
  }

  /** Returns the problem for a failure that is not the caller's, and logs the failure. */
  static ProblemException failed(HttpServletRequest request, Exception failure) {
    FailureLog.log(
        LOG,
        "the call " + request.getMethod() + " " + ApiPaths.pathOf(request) + " failed",
        failure);
    return new ProblemException(
        ProblemType.INTERNAL,
        "pgproof could not answer this call",
        "the log of the server says why");
  }

  private static ProblemException bad(String detail, String hint) {
    return new ProblemException(ProblemType.BAD_REQUEST, detail, hint);
  }

  /** Says what is wrong with a body, without the names of classes. */
  private static String wrongBody(HttpMessageNotReadableException failure) {
    Throwable cause = failure.getCause();
    if (cause instanceof UnrecognizedPropertyException unknown) {
      return "the body has the unknown member "
          + Mistakes.quoted(unknown.getPropertyName())
          + "; allowed: "
          + unknown.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
    } else if (cause instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      return "the member "
          + mapping.getPath().stream()
              .map(JsonMappingException.Reference::getFieldName)
              .collect(Collectors.joining("."))
          + " of the body is missing or has the wrong type";
    } else if (cause instanceof JsonParseException) {
      return "the body is not JSON";
    }
    return "the body is missing, or is not a JSON object";
  }
}
