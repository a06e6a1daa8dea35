package io.pgproof.workflow;

import java.lang.reflect.Method;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.delegate.BaseDelegateExecution;
import org.camunda.bpm.engine.delegate.VariableScope;
import org.camunda.bpm.engine.impl.el.Expression;
import org.camunda.bpm.engine.impl.el.ExpressionManager;

/**
 * Evaluates expressions only where there is something running to evaluate them for.
 *
 * <p>In 7.24.0 queries are the only caller that evaluates without a scope, so this refuses the expressions
 * of all of them, whichever way they came in: as a query, in a stored filter, or to extend one.
 */
final class ScopedExpressions implements ExpressionManager {
  private final ExpressionManager expressions;

  ScopedExpressions(ExpressionManager expressions) {
    this.expressions = expressions;
  }

  @Override
  public Expression createExpression(String expression) {
    return new Scoped(expressions.createExpression(expression));
  }

  @Override
  public void addFunction(String name, Method function) {
    expressions.addFunction(name, function);
  }

  private record Scoped(Expression expression) implements Expression {
    private static final long serialVersionUID = 1L;

    @Override
    public Object getValue(VariableScope scope) {
      return getValue(scope, null);
    }

    @Override
    public Object getValue(VariableScope scope, BaseDelegateExecution execution) {
      if (scope == null) {
        throw new BadUserRequestException("Expressions in queries and filters are refused");
      }
      return expression.getValue(scope, execution);
    }

    @Override
    public void setValue(Object value, VariableScope scope) {
      expression.setValue(value, scope);
    }

    @Override
    public void setValue(Object value, VariableScope scope, BaseDelegateExecution execution) {
      expression.setValue(value, scope, execution);
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
