package io.pgproof;

import io.pgproof.proof.Depth;
import io.pgproof.proof.RecoveryTimeline;
import io.pgproof.target.VerificationRequest;
import io.pgproof.target.VerificationRequest.Limits;
import io.pgproof.target.VerificationRequest.Queries;
import io.pgproof.target.VerificationRequest.Replay;
import io.pgproof.target.VerificationRequest.Resources;
import io.pgproof.target.VerificationRequest.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Changes single members of a request. */
public final class RequestBuilder {
  private VerificationRequest request;

  private RequestBuilder(VerificationRequest request) {
    this.request = request;
  }

  public static RequestBuilder from(VerificationRequest request) {
    return new RequestBuilder(request);
  }

  public RequestBuilder target(Optional<String> target) {
    return changed(target, request.depth(), request.queries(), request.replay(), request.limits());
  }

  public RequestBuilder depth(Depth depth) {
    return changed(request.target(), depth, request.queries(), request.replay(), request.limits());
  }

  public RequestBuilder database(String database) {
    Queries queries = request.queries();
    return queries(
        new Queries(
            queries.freshnessQuery(),
            database,
            queries.zone(),
            queries.assertions(),
            queries.superuser()));
  }

  public RequestBuilder superuser(String superuser) {
    Queries queries = request.queries();
    return queries(
        new Queries(
            queries.freshnessQuery(),
            queries.database(),
            queries.zone(),
            queries.assertions(),
            superuser));
  }

  public RequestBuilder walArchive(Optional<Path> archive) {
    return replay(new Replay(archive, request.replay().timeline()));
  }

  public RequestBuilder timeline(Optional<RecoveryTimeline> timeline) {
    return replay(new Replay(request.replay().walArchive(), timeline));
  }

  public RequestBuilder recoveryTimeout(Duration timeout) {
    return limits(new Limits(timeout, request.limits().stayTimeout(), request.limits().timeouts()));
  }

  public RequestBuilder stayTimeout(Duration timeout) {
    return limits(
        new Limits(request.limits().recoveryTimeout(), timeout, request.limits().timeouts()));
  }

  public RequestBuilder timeouts(Timeouts timeouts) {
    return limits(
        new Limits(request.limits().recoveryTimeout(), request.limits().stayTimeout(), timeouts));
  }

  public RequestBuilder resources(Resources resources) {
    request =
        new VerificationRequest(
            request.target(),
            request.path(),
            request.depth(),
            request.objectives(),
            request.queries(),
            request.replay(),
            request.limits(),
            resources,
            request.keep(),
            request.patience(),
            request.askedBy());
    return this;
  }

  public RequestBuilder keep(Duration keep) {
    request =
        new VerificationRequest(
            request.target(),
            request.path(),
            request.depth(),
            request.objectives(),
            request.queries(),
            request.replay(),
            request.limits(),
            request.resources(),
            keep,
            request.patience(),
            request.askedBy());
    return this;
  }

  private RequestBuilder queries(Queries queries) {
    return changed(request.target(), request.depth(), queries, request.replay(), request.limits());
  }

  private RequestBuilder replay(Replay replay) {
    return changed(request.target(), request.depth(), request.queries(), replay, request.limits());
  }

  private RequestBuilder limits(Limits limits) {
    return changed(request.target(), request.depth(), request.queries(), request.replay(), limits);
  }

  private RequestBuilder changed(
      Optional<String> target, Depth depth, Queries queries, Replay replay, Limits limits) {
    request =
        new VerificationRequest(
            target,
            request.path(),
            depth,
            request.objectives(),
            queries,
            replay,
            limits,
            request.resources(),
            request.keep(),
            request.patience(),
            request.askedBy());
    return this;
  }

  public VerificationRequest build() {
    return request;
  }
}
