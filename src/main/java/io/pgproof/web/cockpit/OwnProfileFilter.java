package io.pgproof.web.cockpit;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.evidence.PersonIds;
import io.pgproof.web.login.LoggedIn;
import io.pgproof.web.login.Person;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.ProcessEngines;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells a person of an OpenID provider the own profile. Each of Camunda's pages asks for it, and
 * the engine knows only its own users.
 */
final class OwnProfileFilter extends OncePerRequestFilter {
  private static final String USERS =
      "/camunda/api/engine/engine/" + ProcessEngines.NAME_DEFAULT + "/user/";
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Person> asked = LoggedIn.person().filter(person -> isOwnProfile(request, person));
    if (asked.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    Map<String, String> profile = new LinkedHashMap<>();
    profile.put("id", asked.get().id());
    profile.put("firstName", asked.get().displayName());
    profile.put("lastName", "");
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.setHeader("Cache-Control", "no-store");
    JSON.writeValue(response.getOutputStream(), profile);
  }

  private static boolean isOwnProfile(HttpServletRequest request, Person person) {
    return PersonIds.isOfProvider(person.id())
        && request.getMethod().equals(HttpMethod.GET.name())
        && CockpitSecurity.pathOf(request).equals(USERS + person.id() + "/profile");
  }
}
