package io.pgproof.web.api.call;

import io.pgproof.proof.Mistakes;
import io.pgproof.web.api.ProblemException;
import io.pgproof.web.api.ProblemType;
import java.util.Optional;
import java.util.function.Function;

/** What several calls refuse, and the parameters that they read. */
final class Problems {
  private Problems() {}

  static ProblemException noTarget(String name) {
    return new ProblemException(
        ProblemType.NOT_FOUND,
        "there is no target " + Mistakes.quoted(name) + " in the configuration",
        "GET /api/v1/targets lists the targets");
  }

  static ProblemException noRun(String run) {
    return new ProblemException(
        ProblemType.NOT_FOUND,
        "there is no run " + Mistakes.quoted(run),
        "GET /api/v1/runs lists the runs");
  }

  /**
   * @param allowed what the parameter or member may be
   */
  static ProblemException notAllowed(String name, String text, String allowed) {
    return new ProblemException(
        ProblemType.BAD_REQUEST,
        Mistakes.notAllowed(name, text, allowed),
        "correct " + name + " and send the request again");
  }

  /**
   * Reads a parameter that may be missing.
   *
   * @param read throws an exception for a text that is not allowed
   */
  static <T> Optional<T> value(
      String name, Optional<String> text, Function<String, T> read, String allowed) {
    return text.map(
        given -> {
          try {
            return read.apply(given);
          } catch (RuntimeException e) {
            throw notAllowed(name, given, allowed);
          }
        });
  }

  static int within(String name, int number, int least, int most) {
    if (number < least || number > most) {
      throw notAllowed(name, String.valueOf(number), "from " + least + " to " + most);
    }
    return number;
  }
}
