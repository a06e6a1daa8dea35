package io.pgproof;

import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.sandbox.SandboxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * The real sandbox of an owner in this process, which fails where a test says so, after it has done
 * half of the work.
 */
public final class FaultySandbox implements Sandbox {
  private static final Map<Call, Integer> FAILING = new ConcurrentHashMap<>();

  private final Sandbox real;

  private FaultySandbox(Sandbox real) {
    this.real = real;
  }

  /** What may fail. */
  public enum Call {
    CREATE,
    START,
    LOOK,
    DESTROY
  }

  /** The next calls of this kind fail, as many as said. */
  public static void fail(Call call, int times) {
    FAILING.put(call, times);
  }

  /** Nothing fails any more. */
  public static void heal() {
    FAILING.clear();
  }

  /** Found by every application that a test starts in this process. */
  @Component
  static final class Wrapping implements BeanPostProcessor {
    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      return bean instanceof Sandbox sandbox ? new FaultySandbox(sandbox) : bean;
    }
  }

  private static void mayFail(Call call) {
    Integer left = FAILING.computeIfPresent(call, (key, times) -> times - 1);
    if (left != null && left >= 0) {
      throw new SandboxException("the host is not well: " + call);
    }
  }

  @Override
  public void create(MachineSpec spec) {
    real.create(spec);
    mayFail(Call.CREATE);
  }

  @Override
  public void start(MachineId id) {
    real.start(id);
    mayFail(Call.START);
  }

  @Override
  public void destroy(MachineId id) {
    mayFail(Call.DESTROY);
    real.destroy(id);
  }

  @Override
  public int firstHostId() {
    return real.firstHostId();
  }

  @Override
  public boolean running(MachineId id) {
    mayFail(Call.LOOK);
    return real.running(id);
  }

  @Override
  public Ended run(
      MachineId id,
      int uid,
      int gid,
      Map<String, String> environment,
      Duration limit,
      List<String> line) {
    return real.run(id, uid, gid, environment, limit, line);
  }

  @Override
  public void stop(MachineId id, Duration limit) {
    real.stop(id, limit);
  }

  @Override
  public boolean ranOutOfMemory(MachineId id) {
    return real.ranOutOfMemory(id);
  }

  @Override
  public List<String> reap(String prefix) {
    return real.reap(prefix);
  }

  @Override
  public List<Lack> lacks() {
    return real.lacks();
  }

  @Override
  public Path layer(MachineId id) {
    return real.layer(id);
  }
}
