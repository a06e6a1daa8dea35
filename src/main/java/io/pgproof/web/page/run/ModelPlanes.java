package io.pgproof.web.page.run;

import io.pgproof.web.chart.ModelPicture;
import io.pgproof.workflow.engine.RunPaths;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Draws the way of a run into the planes of its model. */
final class ModelPlanes {
  /** The planes that a reader wants to see first; each other one is a loop that waits for work. */
  private static final Set<String> MAIN =
      Set.of(
          VerifyBackup.PROCESS,
          VerifyBackup.Scope.PROVE_IN_CONTAINER,
          VerifyBackup.Scope.DECIDE_ON_BACKUP);

  private final ModelPicture model =
      ModelPicture.read(
          Objects.requireNonNull(
              VerifyBackup.class.getResourceAsStream("/" + VerifyBackup.MODEL),
              VerifyBackup.MODEL));

  /**
   * One plane with the way that the run took.
   *
   * @param loop whether the plane is only a loop that waits for work
   * @param svg markup that needs no escaping
   */
  record Plane(String name, boolean loop, String svg) {}

  /** Returns the planes that the run entered, the top one first. */
  List<Plane> draw(RunPaths.RunPath path) {
    List<ModelPicture.Visit> visits =
        path.visits().stream()
            .map(visit -> new ModelPicture.Visit(visit.element(), visit.scope(), visit.left()))
            .toList();
    return model.planes(visits).stream()
        .map(
            plane -> new Plane(model.name(plane), !MAIN.contains(plane), model.draw(plane, visits)))
        .toList();
  }
}
