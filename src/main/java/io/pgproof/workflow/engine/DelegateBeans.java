package io.pgproof.workflow.engine;

import java.util.AbstractMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The beans that expressions may name: delegates and listeners, and no other bean of the program.
 *
 * <p>Each bean is resolved when it is named, because most are made of the engine that is being
 * created.
 */
public final class DelegateBeans extends AbstractMap<Object, Object> {
  private final ListableBeanFactory beans;

  public DelegateBeans(ListableBeanFactory beans) {
    this.beans = beans;
  }

  @Override
  public boolean containsKey(Object name) {
    return name instanceof String bean
        && beans.containsBean(bean)
        && Stream.of(JavaDelegate.class, TaskListener.class, ExecutionListener.class)
            .anyMatch(type -> beans.isTypeMatch(bean, type));
  }

  @Override
  public @Nullable Object get(Object name) {
    return containsKey(name) ? beans.getBean((String) name) : null;
  }

  @Override
  public Set<Entry<Object, Object>> entrySet() {
    return Stream.of(beans.getBeanDefinitionNames())
        .filter(this::containsKey)
        .collect(Collectors.toUnmodifiableMap(name -> (Object) name, this::get))
        .entrySet();
  }
}
