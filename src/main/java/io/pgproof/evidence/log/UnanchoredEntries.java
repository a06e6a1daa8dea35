package io.pgproof.evidence.log;

import io.pgproof.evidence.AnchorHistory;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Finds what the log has beyond a checkpoint. Thread-safe. */
public final class UnanchoredEntries {
  private final NamedParameterJdbcTemplate jdbc;

  public UnanchoredEntries(DataSource database) {
    this.jdbc = new NamedParameterJdbcTemplate(database);
  }

  /**
   * Returns when the first entry was recorded that is beyond a checkpoint and not about anchors;
   * empty if there is none.
   *
   * @param size number of positions that the checkpoint is over
   */
  public Optional<Instant> first(long size) {
    List<Instant> first =
        jdbc.query(
            "select e.at from pgproof_log l join pgproof_evidence e on e.id = l.entry"
                + " where l.position >= :size and (e.run is not null or e.kind not in (:anchors))"
                + " order by l.position fetch first 1 row only",
            Map.of("size", size, "anchors", AnchorHistory.kinds()),
            (row, number) -> row.getObject(1, OffsetDateTime.class).toInstant());
    return first.stream().findFirst();
  }
}
