package io.pgproof.workflow.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.evidence.PersonIds;
import io.pgproof.proof.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappedUsersTest {
  private static final String ISSUER = "https://id.example.org";

  @Test
  void usersAreMappedToSubjectsOfTheIssuer() {
    PersonIds ids = new MappedUsers(ISSUER, List.of("m.lind = 17", "otto=a=b")).personIds();

    assertThat(ids.areSame("M.Lind", PersonIds.of(ISSUER, "17", "maria"))).isTrue();
    assertThat(ids.areSame("otto", PersonIds.of(ISSUER, "a=b", "o"))).isTrue();
    assertThat(ids.areSame("otto", PersonIds.of("https://other", "a=b", "o"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"otto", "=17", "otto=", " = "})
  void anIncompleteMappingIsRefused(String mapping) {
    assertThatThrownBy(() -> new MappedUsers(ISSUER, List.of(mapping)).personIds())
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("PGPROOF_OIDC_COMMAND_USERS: '" + mapping + "'");
  }

  @Test
  void aMappingNeedsAnIssuer() {
    assertThatThrownBy(() -> new MappedUsers("", List.of("otto=17")).personIds())
        .hasMessage("PGPROOF_OIDC_COMMAND_USERS is set, but PGPROOF_OIDC_ISSUER is not");
    assertThat(new MappedUsers(null, List.of()).personIds().areSame("otto", "OTTO")).isTrue();
  }
}
