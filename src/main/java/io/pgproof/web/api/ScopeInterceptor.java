package io.pgproof.web.api;

import io.pgproof.token.Scope;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses a call for which the token lacks the scope, and every call that names no scope. */
final class ScopeInterceptor implements HandlerInterceptor {
  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!(handler instanceof HandlerMethod method)) {
      return true;
    }
    RequiresScope required = method.getMethodAnnotation(RequiresScope.class);
    if (required == null
        || !(SecurityContextHolder.getContext().getAuthentication()
            instanceof TokenAuthentication caller)) {
      throw new IllegalStateException(method + " requires no scope, or was called without a token");
    }
    Scope scope = required.value();
    if (!caller.token().scopes().contains(scope)) {
      response.setHeader(
          HttpHeaders.WWW_AUTHENTICATE,
          "Bearer realm=\"pgproof\", error=\"insufficient_scope\", scope=\"" + scope.word() + "\"");
      throw new ProblemException(
          ProblemType.SCOPE_MISSING,
          "token "
              + caller.token().id()
              + " has the scopes "
              + caller.token().scopes().stream().map(Scope::word).toList()
              + ", and this call needs "
              + scope.word(),
          "use a token with the scope " + scope.word());
    }
    return true;
  }
}
