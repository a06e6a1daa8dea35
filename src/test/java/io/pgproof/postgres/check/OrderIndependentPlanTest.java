package io.pgproof.postgres.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans as versions 10 to 18 print them. */
class OrderIndependentPlanTest {
  private static boolean plain(String... lines) {
    return OrderIndependentPlan.isSound(List.of(lines), false);
  }

  @Test
  void countsDoNotDependOnSortOrder() {
    assertThat(
            plain(
                "Aggregate",
                "  Output: (count(*) > 10)",
                "  ->  Seq Scan on public.users",
                "        Output: email"))
        .isTrue();
    assertThat(
            plain(
                "Finalize Aggregate",
                "  Output: (count(*) = 5)",
                "  ->  Gather",
                "        Output: (PARTIAL count(*))",
                "        Workers Planned: 2",
                "        ->  Partial Aggregate",
                "              Output: PARTIAL count(*)",
                "              ->  Parallel Seq Scan on public.\"Users\"",
                "                    Output: email"))
        .isTrue();
    assertThat(plain("Result", "  Output: false")).isTrue();
    assertThat(
            plain(
                "Result",
                "  Output: ($0 AND (InitPlan 2).col1)",
                "  InitPlan 1 (returns $0)",
                "    ->  Seq Scan on public.users",
                "          Disabled: true",
                "          Filter: (users.email = 'it''s (x) < ~'::text)"))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(users.email = 'x'::text)", "((users.status)::text <> 'paid'::text)",
            "(users.at > '2026-01-01 00:00:00'::timestamp without time zone)",
        "(users.id <= 5)", "(users.id > '-5'::integer)", "((users.total)::numeric(10,2) >= 0.5)",
        "((users.status)::text = ANY ('{paid,open}'::text[]))", "(users.name IS NOT NULL)",
            "(NOT users.done)"
      })
  void equalityAndNumbersDoNotDependOnSortOrder(String condition) {
    assertThat(plain("Seq Scan on public.users", "  Filter: " + condition)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(users.email > 'x'::text)",
        "(users.email <= users.name)",
        "(users.email ~~* 'x%'::text)",
        "(lower(users.email) = 'x'::text)",
        "(users.email ~ '^x'::text)",
        "((users.email || 'x'::text) = 'y'::text)",
        "(users.email = 'x'::text COLLATE \"de_DE\")",
        "(public.\"odd\"(users.id) = 5)",
        "(users.at > now())",
        "(users.email < ANY ('{5}'::text[]))",
        "(users.email >= 'x'::citext)",
        "((users.email)::text < ('5'::text))"
      })
  void textComparisonsMayDependOnSortOrder(String condition) {
    assertThat(plain("Seq Scan on public.users", "  Filter: " + condition)).isFalse();
  }

  @Test
  void sortsAndUnknownNodesMayDependOnSortOrder() {
    assertThat(
            plain(
                "Limit",
                "  ->  Sort",
                "        Sort Key: users.email",
                "        ->  Seq Scan on public.users"))
        .isFalse();
    assertThat(plain("Index Only Scan using users_pkey on public.users")).isFalse();
    assertThat(plain("Merge Join", "  Merge Cond: (a.x = b.x)")).isFalse();
    assertThat(plain("Function Scan on public.f")).isFalse();
    assertThat(plain()).isFalse();
  }

  @Test
  void theNewestTimeDoesNotDependOnSortOrder() {
    String[] plan = {
      "Aggregate",
      "  Output: max(placed_at)",
      "  ->  Seq Scan on public.orders",
      "        Output: placed_at, id"
    };
    assertThat(OrderIndependentPlan.isSound(List.of(plan), true)).isTrue();
    assertThat(OrderIndependentPlan.isSound(List.of(plan), false)).isFalse();
  }
}
