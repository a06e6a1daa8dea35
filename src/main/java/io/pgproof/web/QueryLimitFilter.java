package io.pgproof.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sets a maximum number of rows where a request to the engine has none.
 *
 * <p>The engine's own limit refuses an unbounded list, and some of Cockpit's pages request one.
 */
final class QueryLimitFilter extends OncePerRequestFilter {
  private static final Pattern BOUNDED = Pattern.compile("(^|&)maxResults=");

  private final int limit;

  QueryLimitFilter(int limit) {
    this.limit = limit;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String query = request.getQueryString() == null ? "" : request.getQueryString();
    chain.doFilter(BOUNDED.matcher(query).find() ? request : bounded(request, query), response);
  }

  private HttpServletRequest bounded(HttpServletRequest request, String query) {
    String whole = (query.isEmpty() ? "" : query + "&") + "maxResults=" + limit;
    return new HttpServletRequestWrapper(request) {
      @Override
      public String getQueryString() {
        return whole;
      }
    };
  }
}
