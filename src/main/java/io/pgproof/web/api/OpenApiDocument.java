package io.pgproof.web.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.HttpRequestMethodNotSupportedException;

/** Serves the contract of the API. */
final class OpenApiDocument implements HttpRequestHandler {
  private static final String RESOURCE = "/api/openapi.yaml";
  private static final List<String> METHODS = List.of("GET", "HEAD");

  private final byte[] document = read();

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws IOException, HttpRequestMethodNotSupportedException {
    if (!METHODS.contains(request.getMethod())) {
      throw new HttpRequestMethodNotSupportedException(request.getMethod(), METHODS);
    }
    response.setContentType("application/yaml;charset=UTF-8");
    response.setContentLength(document.length);
    response.getOutputStream().write(document);
  }

  private static byte[] read() {
    try (InputStream in =
        Objects.requireNonNull(OpenApiDocument.class.getResourceAsStream(RESOURCE), RESOURCE)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
