package io.pgproof.postgres.check;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides from a query's plan that no text order can change its answer: the plan only reads whole
 * tables, counts, adds, and compares for equality or by numbers and times.
 *
 * <p>In every deterministic collation, two texts are equal if and only if their bytes are equal. A
 * plan with unknown elements is rejected.
 */
final class OrderIndependentPlan {
  private static final Pattern NODE =
      Pattern.compile(
          "(?:(?:Finalize|Partial|Parallel) )*(?:Aggregate|HashAggregate|Result|Append"
              + "|Limit|Materialize|Gather|Hash|Seq Scan on .*|Hash (?:\\w+ )*Join|Nested Loop(?: \\w+ Join)?|Subquery Scan on .*"
              + "|Values Scan on .*|CTE Scan on .*|InitPlan \\d+.*|SubPlan \\d+.*|CTE \\w+)");
  private static final Pattern HARMLESS =
      Pattern.compile(
          "(?:Inner Unique|Workers Planned|Single Copy|Disabled|Query Identifier|Hashed): ?.*");
  private static final Pattern EXPRESSION =
      Pattern.compile("(?:Output|Filter|One-Time Filter|Hash Cond|Join Filter|Group Key): (.*)");

  private static final Pattern CONSTANT =
      Pattern.compile("'(?:[^']|'')*'(?:::(\"[^\"]*\"|[a-z][a-z ]*[a-z])(\\([\\d,]*\\))?(\\[])?)?");
  private static final Pattern WITHOUT_ORDER =
      Pattern.compile(
          "bigint|integer|smallint|numeric|real|double precision|boolean|uuid|oid"
              + "|date|interval|timestamp with(?:out)? time zone|time with(?:out)? time zone");
  private static final String NUMBER = " 0 ";
  private static final String TEXT = " x ";
  private static final Pattern COUNTED = Pattern.compile("\\b(?:PARTIAL )?(?:count|sum)\\(");
  private static final Pattern NEWEST = Pattern.compile("\\b(?:PARTIAL )?(?:max|min)\\(");
  private static final Pattern FUNCTION = Pattern.compile("[\\w\"]\\(");
  private static final Pattern ORDERED =
      Pattern.compile("(?<!<)(?>[<>]=?)(?<!<(?=>))\\s*+(?!\\(*-?\\d)");
  private static final Pattern KNOWN = Pattern.compile("[\\w\\s.,()\\[\\]:$\"=<>+*/-]*");

  private OrderIndependentPlan() {}

  /**
   * Returns whether every line of a plan is known to be independent of text order.
   *
   * @param lines lines of {@code EXPLAIN (VERBOSE, COSTS OFF)}
   * @param newest whether the largest or the smallest value is allowed too, because it is a time
   */
  static boolean isSound(List<String> lines, boolean newest) {
    return !lines.isEmpty()
        && lines.stream()
            .allMatch(line -> isPlain(line.strip().replaceFirst("^->\\s*", ""), newest));
  }

  private static boolean isPlain(String line, boolean newest) {
    Matcher expression = EXPRESSION.matcher(line);
    return expression.matches()
        ? compares(expression.group(1), newest)
        : HARMLESS.matcher(line).matches() || NODE.matcher(line).matches();
  }

  /** Returns whether an expression only does what is listed above. */
  private static boolean compares(String expression, boolean newest) {
    String bare =
        CONSTANT
            .matcher(expression)
            .replaceAll(
                constant ->
                    constant.group(1) != null && WITHOUT_ORDER.matcher(constant.group(1)).matches()
                        ? NUMBER
                        : TEXT);
    bare = COUNTED.matcher(bare).replaceAll("(");
    if (newest) {
      bare = NEWEST.matcher(bare).replaceAll("(");
    }
    return KNOWN.matcher(bare).matches()
        && !bare.contains("COLLATE")
        && !FUNCTION.matcher(bare.replaceAll("::[a-z ]+\\([\\d,]+\\)", "")).find()
        && !ORDERED.matcher(bare).find();
  }
}
