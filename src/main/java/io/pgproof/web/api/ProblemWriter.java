package io.pgproof.web.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;

/** Writes problems of RFC 9457, with the remedy as member {@code hint}. */
final class ProblemWriter {
  private static final String HINT = "hint";

  private final ObjectMapper json;

  ProblemWriter(ObjectMapper json) {
    this.json = json;
  }

  void write(HttpServletResponse response, ProblemException problem) throws IOException {
    ProblemDetail body = ProblemDetail.forStatus(problem.type().status());
    body.setType(problem.type().uri());
    body.setTitle(problem.type().title());
    body.setDetail(problem.getMessage());
    write(response, body, problem.hint());
  }

  /**
   * @param hint the remedy; empty if there is nothing to say
   */
  void write(HttpServletResponse response, ProblemDetail problem, String hint) throws IOException {
    if (!hint.isEmpty()) {
      problem.setProperty(HINT, hint);
    }
    response.setStatus(problem.getStatus());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.getOutputStream().write(json.writeValueAsBytes(problem));
  }
}
