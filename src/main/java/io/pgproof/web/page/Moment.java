package io.pgproof.web.page;

import io.pgproof.proof.HumanFormat;
import java.time.Instant;

/**
 * A time as pages show it.
 *
 * @param iso for the browser, which shows it in the zone of the viewer
 * @param utc for a reader without scripts
 */
public record Moment(String iso, String utc) {
  public static Moment of(Instant at) {
    return new Moment(at.toString(), HumanFormat.time(at));
  }
}
