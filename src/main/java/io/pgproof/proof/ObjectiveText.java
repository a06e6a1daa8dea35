package io.pgproof.proof;

import io.pgproof.proof.Report.Objective;
import java.time.Duration;
import java.util.function.Function;

/** Says in a few words whether an objective was met. */
public final class ObjectiveText {
  private ObjectiveText() {}

  /** Describes the recovery point objective: {@code met: newest data 3 h old, objective 24 h}. */
  public static String rpo(Objective rpo) {
    return describe(
        rpo, actual -> "newest data " + HumanFormat.duration(actual) + " old, objective ");
  }

  /** Describes the recovery time objective: {@code missed: restored in 2 h, objective 1 h}. */
  public static String rto(Objective rto) {
    return describe(rto, actual -> "restored in " + HumanFormat.duration(actual) + ", objective ");
  }

  private static String describe(Objective objective, Function<Duration, String> measured) {
    String limit = HumanFormat.duration(Duration.ofSeconds(objective.objectiveSeconds()));
    Long actual = objective.actualSeconds();
    Boolean met = objective.met();
    return actual == null || met == null
        ? "not measured, objective " + limit
        : (met ? "met: " : "missed: ") + measured.apply(Duration.ofSeconds(actual)) + limit;
  }
}
