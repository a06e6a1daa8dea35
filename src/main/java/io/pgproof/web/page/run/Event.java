package io.pgproof.web.page.run;

import io.pgproof.web.page.Moment;
import io.pgproof.web.view.RunDetails;

/** Who did what, and when. */
record Event(Moment at, String actor, String text) {
  static Event of(RunDetails.Entry entry) {
    return new Event(
        Moment.of(entry.stored().at()), entry.stored().actor(), entry.evidence().describe());
  }
}
