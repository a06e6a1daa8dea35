package io.pgproof.web.cockpit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request its own place for the nonce of its page's scripts.
 *
 * <p>Camunda 7.24.0 keeps the nonce in the servlet context, which all requests share: when two
 * pages are requested at once, one would get the nonce of the other in its text, and the browser
 * would run none of its scripts.
 */
final class PageNonceFilter extends OncePerRequestFilter {
  private static final String NONCE = "org.camunda.bpm.csp.nonce";

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    ServletContext own = withOwnNonce(request.getServletContext());
    chain.doFilter(
        new HttpServletRequestWrapper(request) {
          @Override
          public ServletContext getServletContext() {
            return own;
          }
        },
        response);
  }

  private static ServletContext withOwnNonce(ServletContext shared) {
    Object[] nonce = new Object[1];
    return (ServletContext)
        Proxy.newProxyInstance(
            PageNonceFilter.class.getClassLoader(),
            new Class<?>[] {ServletContext.class},
            (proxy, method, arguments) -> {
              if (arguments != null && arguments.length > 0 && NONCE.equals(arguments[0])) {
                if (method.getName().equals("getAttribute")) {
                  return nonce[0];
                } else if (method.getName().equals("setAttribute")) {
                  nonce[0] = arguments[1];
                  return null;
                }
              }
              try {
                return method.invoke(shared, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
