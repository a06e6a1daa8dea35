package io.pgproof.web.api.call;

import io.pgproof.target.CurrentConfiguration;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.RequiresScope;
import io.pgproof.web.view.TargetList;
import io.pgproof.web.view.TargetStatus;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows the targets of the configuration. */
@RestController
@Profile("serve")
final class TargetCalls {
  private final TargetList targetList;
  private final CurrentConfiguration configuration;
  private final Clock clock;

  TargetCalls(TargetList targetList, CurrentConfiguration configuration, Clock clock) {
    this.targetList = targetList;
    this.configuration = configuration;
    this.clock = clock;
  }

  @GetMapping(ApiPaths.V1 + "/targets")
  @RequiresScope(Scope.READ)
  ItemsJson<TargetJson> list() {
    Instant now = clock.instant();
    Map<String, TargetStatus> statuses =
        targetList.overview().targets().stream()
            .collect(Collectors.toMap(TargetStatus::name, Function.identity()));
    return new ItemsJson<>(
        configuration.get().targets().stream()
            .flatMap(target -> Optional.ofNullable(statuses.get(target.name())).stream())
            .flatMap(status -> json(status, now).stream())
            .toList());
  }

  @GetMapping(ApiPaths.V1 + "/targets/{target}")
  @RequiresScope(Scope.READ)
  TargetJson show(@PathVariable("target") String target) {
    return targetList
        .find(target)
        .flatMap(status -> json(status, clock.instant()))
        .orElseThrow(() -> Problems.noTarget(target));
  }

  /** Returns empty if the target has left the configuration. */
  private static Optional<TargetJson> json(TargetStatus status, Instant now) {
    return status.target().map(target -> TargetJson.of(target, status, now));
  }
}
