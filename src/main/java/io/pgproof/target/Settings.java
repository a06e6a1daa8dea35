package io.pgproof.target;

import io.pgproof.target.VerificationRequest.Limits;
import io.pgproof.target.VerificationRequest.Objectives;
import io.pgproof.target.VerificationRequest.Patience;
import io.pgproof.target.VerificationRequest.Queries;
import io.pgproof.target.VerificationRequest.Replay;
import io.pgproof.target.VerificationRequest.Resources;
import io.pgproof.target.VerificationRequest.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings that were given for a verification. It contains no defaults; {@link #request} adds
 * them.
 */
public final class Settings {
  /** No settings. */
  public static final Settings NONE = new Settings(Map.of());

  private final Map<Setting<?>, Object> given;

  private Settings(Map<Setting<?>, Object> given) {
    this.given = given;
  }

  /** Returns a copy with one setting replaced. */
  public <T> Settings with(Setting<T> setting, T value) {
    Map<Setting<?>, Object> more = new LinkedHashMap<>(given);
    more.put(setting, value);
    return new Settings(more);
  }

  /**
   * Returns a copy with one setting replaced by its written values.
   *
   * @param texts exactly one, unless the setting is a list
   * @throws IllegalArgumentException if the setting does not allow them
   */
  public <T> Settings withText(Setting<T> setting, List<String> texts) {
    return with(setting, setting.read(texts));
  }

  /**
   * Returns these settings, overridden by the others where those are set. A list is replaced, not
   * extended.
   */
  public Settings overriddenBy(Settings others) {
    Map<Setting<?>, Object> merged = new LinkedHashMap<>(given);
    merged.putAll(others.given);
    return new Settings(merged);
  }

  /** Returns the value that was given. */
  @SuppressWarnings("unchecked") // with() is the only way in
  public <T> Optional<T> get(Setting<T> setting) {
    return Optional.ofNullable((T) given.get(setting));
  }

  /**
   * Creates the verification request, with defaults for all settings that were not given.
   *
   * @param target name of the target; empty for a bare path
   * @param path absolute path
   */
  public VerificationRequest request(Optional<String> target, Path path, String askedBy) {
    Duration recoveryTimeout =
        get(Setting.RECOVERY_TIMEOUT).orElse(Limits.DEFAULT_RECOVERY_TIMEOUT);
    Timeouts timeouts =
        new Timeouts(
            get(Setting.INSPECTION_TIMEOUT).orElse(Timeouts.DEFAULT.inspection()),
            get(Setting.RESTORE_TIMEOUT).orElse(Timeouts.DEFAULT.restore()),
            get(Setting.CHECK_TIMEOUT).orElse(Timeouts.DEFAULT.checks()),
            get(Setting.STATEMENT_TIMEOUT).orElse(Timeouts.DEFAULT.statement()));
    Resources resources =
        new Resources(
            get(Setting.MEMORY).orElse(Resources.DEFAULT.memoryBytes()),
            get(Setting.CPUS).orElse(Resources.DEFAULT.cpus()),
            get(Setting.DISK));
    return new VerificationRequest(
        target,
        path,
        get(Setting.DEPTH).orElse(VerificationRequest.DEFAULT_DEPTH),
        new Objectives(
            get(Setting.MAX_AGE).orElse(VerificationRequest.DEFAULT_MAX_AGE),
            get(Setting.RTO_OBJECTIVE)),
        new Queries(
            get(Setting.FRESHNESS_QUERY),
            get(Setting.DATABASE).orElse(Queries.DEFAULT_DATABASE),
            get(Setting.TIME_ZONE).orElse(Queries.DEFAULT_ZONE),
            get(Setting.ASSERTIONS).orElse(List.of()),
            get(Setting.SUPERUSER).orElse(Queries.DEFAULT_SUPERUSER)),
        new Replay(get(Setting.WAL_ARCHIVE), get(Setting.TIMELINE)),
        new Limits(recoveryTimeout, timeouts.stay(recoveryTimeout), timeouts),
        resources,
        get(Setting.KEEP).orElse(VerificationRequest.DEFAULT_KEEP),
        patience(),
        askedBy);
  }

  /** Returns how long to wait for people, with defaults for the settings that were not given. */
  Patience patience() {
    Duration escalateAfter = get(Setting.ESCALATE_AFTER).orElse(Patience.DEFAULT.escalateAfter());
    return new Patience(
        get(Setting.REMIND_AFTER).orElseGet(() -> Patience.remindAfter(escalateAfter)),
        escalateAfter);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Settings settings && given.equals(settings.given);
  }

  @Override
  public int hashCode() {
    return given.hashCode();
  }

  @Override
  public String toString() {
    return given.toString();
  }
}
