package io.pgproof;

import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts the tests that ran on real containers, so that {@code ./check} can refuse a run in which
 * none did.
 */
public final class ContainerTests implements TestExecutionListener {
  private static final TestTag TAG = TestTag.create("container");
  private static final AtomicInteger RAN = new AtomicInteger();

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest()
        && test.getTags().contains(TAG)
        && result.getStatus() != TestExecutionResult.Status.ABORTED) {
      RAN.incrementAndGet();
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    // A JVM has a plan for each class, and other JVMs have theirs.
    BuildDirectory.alone(
        "container-tests",
        file -> {
          int before = Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
          return Files.writeString(file, before + RAN.getAndSet(0) + "\n");
        });
  }
}
