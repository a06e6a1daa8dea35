package io.pgproof;

import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A sandbox that can do nothing; a test's own one does what the test needs. */
public abstract class PartOfSandbox implements Sandbox {
  @Override
  public int firstHostId() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void create(MachineSpec spec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void start(MachineId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean running(MachineId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Ended run(
      MachineId id,
      int uid,
      int gid,
      Map<String, String> environment,
      Duration limit,
      List<String> line) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void stop(MachineId id, Duration limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean ranOutOfMemory(MachineId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void destroy(MachineId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> reap(String prefix) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Lack> lacks() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path layer(MachineId id) {
    throw new UnsupportedOperationException();
  }
}
