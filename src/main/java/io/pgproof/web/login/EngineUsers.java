package io.pgproof.web.login;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.Group;
import org.camunda.bpm.engine.identity.User;

/** The users whom an administrator created in Admin: the engine keeps them. */
public final class EngineUsers {
  private final IdentityService identities;
  private final Clock clock;

  EngineUsers(IdentityService identities, Clock clock) {
    this.identities = identities;
    this.clock = clock;
  }

  boolean exists(String id) {
    return identities.createUserQuery().userId(id).count() > 0;
  }

  /**
   * Returns whether this is the user's password. After a wrong one the engine refuses the right
   * one, too, until a delay has passed that doubles with each wrong password.
   */
  boolean isPassword(String id, String password) {
    return identities.checkPassword(id, password);
  }

  /** Returns the user with the groups of this moment; empty if there is no such user. */
  public Optional<Person> find(String id) {
    return Optional.ofNullable(identities.createUserQuery().userId(id).singleResult())
        .map(this::person);
  }

  private Person person(User user) {
    List<Group> groups = identities.createGroupQuery().groupMember(user.getId()).list();
    return new Person(
        user.getId(),
        Stream.of(user.getFirstName(), user.getLastName())
            .filter(name -> name != null && !name.isBlank())
            .collect(Collectors.joining(" ")),
        groups.stream().map(Group::getId).collect(Collectors.toCollection(TreeSet::new)),
        clock.instant());
  }
}
