package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Find image: the one there is, or else its build is begun, or looked at. */
final class FindImage extends Step {
  private final ImageStore images;
  private final boolean mayBuild;
  private final LongWork work;
  private final ProgressBoard progress;

  FindImage(Trail trail, Withdrawals withdrawals, ImageStore images, boolean mayBuild, LongWork work, ProgressBoard progress) {
    super(trail, withdrawals);
    this.images = images;
    this.mayBuild = mayBuild;
    this.work = work;
    this.progress = progress;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) {
    int major = (Integer) execution.getVariable(VerifyBackup.Variable.POSTGRES_MAJOR);
    Optional<Image> image = work.isBegun(run, VerifyBackup.Message.IMAGE_BUILT) ? lookAtBuild(run, execution) : images.find(major);
    if (image.isEmpty() && !work.isBegun(run, VerifyBackup.Message.IMAGE_BUILT)) {
      beginBuild(run, major, execution);
    }
    execution.setVariable(VerifyBackup.Variable.IMAGE_AT_HAND, image.isPresent());
    execution.setVariable(VerifyBackup.Variable.INTERRUPTED, false);
    image.ifPresent(found -> {
      execution.setVariable(VerifyBackup.Variable.IMAGE, found.key());
      record(run, new Evidence.ImageFound(new Report.ImageFacts(found.key(), found.postgresVersion(), found.builtAt())));
    });
  }

  private void beginBuild(RunId run, int major, DelegateExecution execution) {
    if (!mayBuild) {
      throw new FindingException(Reason.NO_IMAGE,
          "there is no image with PostgreSQL " + major + ", and the configuration says that none is to be built");
    }
    Progress heard = progress.phase(run, "image");
    work.begin(run, VerifyBackup.Message.IMAGE_BUILT, () -> images.build(major, false, line -> heard.at(0, 0, line)));
    Pause.first(execution);
  }

  private Optional<Image> lookAtBuild(RunId run, DelegateExecution execution) {
    Optional<Image> built;
    try {
      built = work.look(run, VerifyBackup.Message.IMAGE_BUILT);
    } catch (RuntimeException e) {
      work.forget(run, VerifyBackup.Message.IMAGE_BUILT);
      throw e;
    }
    if (built.isEmpty()) {
      Pause.longer(execution);
    }
    return built;
  }
}
