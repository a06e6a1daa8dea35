package io.pgproof.web.login;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * Somebody who is logged in; the principal of Spring's {@code Authentication}.
 *
 * @param id what evidence records and four eyes compares
 * @param displayName what pages show; never empty
 * @param groups ids of the groups; the authorities have the same names
 * @param readAt when the groups were read
 */
public record Person(String id, String displayName, SortedSet<String> groups, Instant readAt)
    implements AuthenticatedPrincipal {

  public Person {
    if (id.isBlank()) {
      throw new IllegalArgumentException("a person needs an id");
    }
    displayName = displayName.isBlank() ? id : displayName.strip();
    groups = Collections.unmodifiableSortedSet(new TreeSet<>(groups));
  }

  /** Returns the id, as everything that asks Spring for the user's name expects. */
  @Override
  public String getName() {
    return id;
  }

  public boolean isIn(String group) {
    return groups.contains(group);
  }
}
