package io.pgproof.web.api;

import io.pgproof.proof.Mistakes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses a parameter that the call does not have, because it would change nothing, silently. */
final class ParameterInterceptor implements HandlerInterceptor {
  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method) {
      Set<String> known = known(method);
      for (String name : request.getParameterMap().keySet()) {
        if (!known.contains(name)) {
          throw new ProblemException(
              ProblemType.BAD_REQUEST,
              "unknown parameter " + Mistakes.quoted(name) + "; allowed: " + known,
              "correct the name of the parameter, or remove it");
        }
      }
    }
    return true;
  }

  private static Set<String> known(HandlerMethod method) {
    return Arrays.stream(method.getMethodParameters())
        .map((MethodParameter parameter) -> parameter.getParameterAnnotation(RequestParam.class))
        .filter(Objects::nonNull)
        .map(RequestParam::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
