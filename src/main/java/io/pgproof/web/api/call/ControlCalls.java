package io.pgproof.web.api.call;

import io.pgproof.evidence.LastControls;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.RequiresScope;
import io.pgproof.web.login.Person;
import io.pgproof.web.view.TargetControls;
import io.pgproof.web.view.TargetList;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Shows negative controls, and starts them in the name of the token's user. */
@RestController
@Profile("serve")
final class ControlCalls {
  private static final String PATH = ApiPaths.V1 + "/targets/{target}/controls";

  private final TargetControls targetControls;
  private final TargetList targetList;

  ControlCalls(TargetControls targetControls, TargetList targetList) {
    this.targetControls = targetControls;
    this.targetList = targetList;
  }

  @GetMapping(PATH)
  @RequiresScope(Scope.READ)
  ItemsJson<ControlJson> list(@PathVariable("target") String target) {
    if (targetList.find(target).isEmpty()) {
      throw Problems.noTarget(target);
    }
    return new ItemsJson<>(
        targetControls.latest(target, LastControls.LATEST).stream()
            .map(status -> ControlJson.of(target, status))
            .toList());
  }

  @PostMapping(PATH)
  @RequiresScope(Scope.VERIFY)
  @ResponseStatus(HttpStatus.ACCEPTED)
  ControlJson start(@AuthenticationPrincipal Person person, @PathVariable("target") String target) {
    return Problems.ifAllowed(() -> targetControls.start(target, person))
        .flatMap(begun -> targetControls.find(begun.run()))
        .map(status -> ControlJson.of(target, status))
        .orElseThrow(() -> Problems.noTarget(target));
  }
}
