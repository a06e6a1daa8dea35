package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PersonIdsTest {
  private static final String ISSUER = "https://id.example.org";
  private static final String OLGA = PersonIds.of(ISSUER, "4711", "olga");

  private final PersonIds ids = new PersonIds(Map.of("Olga.Berg", OLGA));

  @Test
  void onlyIssuerAndSubjectMakeAPersonOfAProvider() {
    assertThat(ids.areSame(OLGA, PersonIds.of(ISSUER, "4711", "olga.married"))).isTrue();
    assertThat(ids.areSame(OLGA, PersonIds.of(ISSUER, "4712", "olga"))).isFalse();
    assertThat(ids.areSame(OLGA, PersonIds.of(ISSUER + "/other", "4711", "olga"))).isFalse();
    assertThat(PersonIds.of("a", "b\nc", "")).isNotEqualTo(PersonIds.of("a\nb", "c", "x"));
  }

  @Test
  void aNameIsNobodysProof() {
    assertThat(ids.areSame(OLGA, "olga")).isFalse();
    assertThat(ids.areSame("olga", " Olga")).isTrue();
    assertThat(ids.areSame("olga", "otto")).isFalse();
    String forged = PersonIds.of(ISSUER, "666", OLGA);
    assertThat(forged).doesNotStartWith(OLGA);
    assertThat(ids.areSame(forged, OLGA)).isFalse();
  }

  @Test
  void anIdIsNoLocalUsersAndCanBeRead() {
    assertThat(OLGA).matches("olga@oidc:[0-9a-f]{20}");
    assertThat(PersonIds.isOfProvider(OLGA)).isTrue();
    assertThat(PersonIds.isOfProvider("olga@example.org")).isFalse();
    assertThat(PersonIds.of(ISSUER, "4711", "Ol:ga <b>\n".repeat(100)).length()).isEqualTo(126);
  }

  @Test
  void aLocalNameIsThePersonItIsMappedTo() {
    assertThat(ids.areSame("olga.berg", OLGA)).isTrue();
    assertThat(ids.areSame(PersonIds.of(ISSUER, "4711", "renamed"), "OLGA.BERG")).isTrue();
    assertThat(ids.areSame("olga.berg", PersonIds.of(ISSUER, "4712", "olga.berg"))).isFalse();
  }
}
