package io.pgproof.web.chart;

import io.pgproof.proof.Verdict;

/** The class of a shape, which the style sheet colours, and its colour on paper. */
enum Hue {
  PROVEN("proven", "#1a7f4b"),
  STALE("stale", "#946200"),
  INCONCLUSIVE("inconclusive", "#6a4fb3"),
  REFUTED("refuted", "#c0262d"),
  NONE("none", "#8b95a5"),
  CURVE("curve", "#1f5fbf"),
  LIMIT("limit", "#c0262d"),
  GRID("grid", "#dfe3ea"),
  INK("ink", "#1c2330"),
  SOFT("soft", "#566072"),
  WAIVER("waiver", "#946200");

  private final String type;
  private final String paper;

  Hue(String type, String paper) {
    this.type = type;
    this.paper = paper;
  }

  static Hue of(Verdict verdict) {
    return switch (verdict) {
      case PROVEN -> PROVEN;
      case STALE -> STALE;
      case INCONCLUSIVE -> INCONCLUSIVE;
      case REFUTED -> REFUTED;
    };
  }

  String type() {
    return type;
  }

  String paper() {
    return paper;
  }
}
