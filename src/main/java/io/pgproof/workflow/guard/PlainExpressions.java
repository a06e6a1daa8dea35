package io.pgproof.workflow.guard;

import java.lang.reflect.Method;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.delegate.BaseDelegateExecution;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.camunda.bpm.engine.impl.el.Expression;
import org.camunda.bpm.engine.impl.el.ExpressionManager;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates an expression only if it names and compares, as this program's own expressions do, and
 * only in the scope of something that runs.
 *
 * <p>An expression that calls a method can do anything that the program can, and a process that
 * somebody deployed before deployments were refused may contain one. In 7.24.0 only queries
 * evaluate without a scope, so this also refuses all their expressions: in a query, in a stored
 * filter, or in an extension of a filter.
 */
final class PlainExpressions implements ExpressionManager {
  /**
   * A part in braces of names, texts, numbers and operators: no calls, and no access to members.
   */
  private static final Pattern PLAIN =
      Pattern.compile(
          "\\$\\{\\s*+(?:(?:[A-Za-z_]\\w*+|'[^'\\\\]*+'|\\d++|[=!<>]=?|&&|\\|\\||[+-])\\s*+)++}");

  private final ExpressionManager expressions;

  PlainExpressions(ExpressionManager expressions) {
    this.expressions = expressions;
  }

  @Override
  public Expression createExpression(String expression) {
    return new Plain(expressions.createExpression(expression));
  }

  @Override
  public void addFunction(String name, Method function) {
    expressions.addFunction(name, function);
  }

  private record Plain(Expression expression) implements Expression {
    private static final long serialVersionUID = 1L;

    @Override
    public Object getValue(VariableScope scope) {
      return getValue(scope, null);
    }

    @Override
    public Object getValue(
        @Nullable VariableScope scope, @Nullable BaseDelegateExecution execution) {
      check();
      if (scope == null && !isLiteralText()) {
        throw new BadUserRequestException("pgproof refuses expressions in queries and filters");
      }
      return expression.getValue(scope, execution);
    }

    @Override
    public void setValue(Object value, VariableScope scope) {
      check();
      expression.setValue(value, scope);
    }

    @Override
    public void setValue(Object value, VariableScope scope, BaseDelegateExecution execution) {
      check();
      expression.setValue(value, scope, execution);
    }

    private void check() {
      String others = PLAIN.matcher(getExpressionText()).replaceAll("");
      if (!isLiteralText() && (others.contains("${") || others.contains("#{"))) {
        throw new BadUserRequestException(
            "pgproof evaluates only expressions that name and compare: "
                + getExpressionText()
                + "\nHINT: put the logic into a delegate");
      }
    }

    @Override
    public String getExpressionText() {
      return expression.getExpressionText();
    }

    @Override
    public boolean isLiteralText() {
      return expression.isLiteralText();
    }
  }
}
