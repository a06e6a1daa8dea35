package io.pgproof.workflow.verify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Find image: finds the existing image, or else begins its build, or looks at the build. */
final class FindImage extends Step {
  private final RunRequests runRequests;
  private final Sandbox sandbox;
  private final ImageStore images;
  private final boolean mayBuild;
  private final Duration buildTimeout;
  private final BackgroundWork work;
  private final ProgressBoard progress;

  FindImage(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      Sandbox sandbox,
      ImageStore images,
      boolean mayBuild,
      Duration buildTimeout,
      BackgroundWork work,
      ProgressBoard progress) {
    super(evidenceLog, cancellations);
    this.runRequests = runRequests;
    this.sandbox = sandbox;
    this.images = images;
    this.mayBuild = mayBuild;
    this.buildTimeout = buildTimeout;
    this.work = work;
    this.progress = progress;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    needSandbox();
    int major = Integer.parseInt(runRequests.inspected(run).backup().postgresVersion());
    Optional<Image> image =
        work.isBegun(run, VerifyBackup.Message.IMAGE_BUILT)
            ? lookAtBuild(run, execution)
            : find(major);
    if (image.isEmpty() && !work.isBegun(run, VerifyBackup.Message.IMAGE_BUILT)) {
      beginBuild(run, major, execution);
    }
    execution.setVariable(VerifyBackup.Variable.IMAGE_AT_HAND, image.isPresent());
    execution.setVariable(VerifyBackup.Variable.INTERRUPTED, false);
    image.ifPresent(
        found -> {
          record(
              run,
              new Evidence.ImageFound(
                  new Report.ImageFacts(found.key(), found.postgresVersion(), found.builtAt())));
        });
  }

  private Optional<Image> find(int major) {
    try {
      return images.find(major);
    } catch (UsageException e) {
      throw new FindingException(
          new Finding(Reason.NO_IMAGE, e.finding().message(), e.finding().hint(), null));
    }
  }

  /** Checked before gigabytes are unpacked for a container that cannot be created. */
  private void needSandbox() {
    List<Sandbox.Lack> lacks = sandbox.lacks();
    if (!lacks.isEmpty()) {
      String what = lacks.stream().map(Sandbox.Lack::what).collect(Collectors.joining("; "));
      String mend = lacks.stream().map(Sandbox.Lack::mend).collect(Collectors.joining("; then "));
      throw new FindingException(new Finding(Reason.NO_LXC, what, mend, null));
    }
  }

  private void beginBuild(RunId run, int major, DelegateExecution execution) {
    if (!mayBuild) {
      throw new FindingException(
          Reason.NO_IMAGE,
          "there is no image with PostgreSQL "
              + major
              + ", and the configuration does not allow building one");
    }
    Progress heard = progress.phase(run, "image");
    work.startOnce(
        run,
        VerifyBackup.Message.IMAGE_BUILT,
        new BackgroundWork.Limit(
            buildTimeout, Reason.NO_IMAGE, "the build of an image with PostgreSQL " + major),
        () -> images.build(major, false, line -> heard.at(0, 0, line)));
    PollBackoff.first(execution);
  }

  private Optional<Image> lookAtBuild(RunId run, DelegateExecution execution) {
    Optional<Image> built = work.poll(run, VerifyBackup.Message.IMAGE_BUILT);
    if (built.isEmpty()) {
      PollBackoff.increase(execution);
    }
    return built;
  }
}
