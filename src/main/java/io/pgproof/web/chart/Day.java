package io.pgproof.web.chart;

import io.pgproof.proof.Verdict;
import java.time.LocalDate;
import java.util.Optional;

/**
 * One day of a target.
 *
 * @param date in UTC
 * @param verdict the verdict that the day is shown with; empty for a day without one
 */
public record Day(LocalDate date, Optional<Verdict> verdict) {}
