package io.pgproof.web.api;

import jakarta.servlet.http.HttpServletRequest;

/** The paths of the API. */
public final class ApiPaths {
  /** The first version. */
  public static final String V1 = "/api/v1";

  /** The contract, which people may read in the browser as well. */
  static final String OPEN_API = V1 + "/openapi.yaml";

  private static final String ALL = "/api/";

  private ApiPaths() {}

  static boolean contain(HttpServletRequest request) {
    return pathOf(request).startsWith(ALL);
  }

  static boolean isOpenApi(HttpServletRequest request) {
    return pathOf(request).equals(OPEN_API);
  }

  /** Returns the path as it was sent, without the context path. */
  static String pathOf(HttpServletRequest request) {
    return request.getRequestURI().substring(request.getContextPath().length());
  }
}
