package io.pgproof.postgres.server;

import io.pgproof.PartOfSandbox;
import io.pgproof.postgres.recovery.RestoredCopy;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The part of a sandbox that checks need, kept by {@link HostMachine} for one copy. */
public final class HostSandbox extends PartOfSandbox {
  private final RestoredCopy copy;

  public HostSandbox(RestoredCopy copy) {
    this.copy = copy;
  }

  @Override
  public void start(MachineId id) {
    try {
      copy.start();
    } catch (IOException e) {
      throw new SandboxException(e.getMessage(), e);
    }
  }

  @Override
  public boolean running(MachineId id) {
    return copy.alive();
  }

  @Override
  public Ended run(
      MachineId id,
      int uid,
      int gid,
      Map<String, String> environment,
      Duration limit,
      List<String> line) {
    List<String> whole = new ArrayList<>(List.of("/usr/bin/env", "-i"));
    environment.forEach((name, value) -> whole.add(name + "=" + value));
    whole.addAll(line);
    long began = System.nanoTime();
    try {
      Path output = Files.createTempFile(copy.home, "output", "");
      Process process = HostMachine.start(copy.home, copy.mounts(), output, whole);
      try {
        boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        String text = Files.readString(output);
        return new Ended(
            ended ? process.exitValue() : 137,
            text,
            text,
            Duration.ofNanos(System.nanoTime() - began),
            !ended);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new SandboxException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    }
  }

  @Override
  public void stop(MachineId id, Duration limit) {
    if (!copy.alive()) {
      return;
    }
    ProcessHandle postmaster =
        copy.processes().stream()
            .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
            .min(Comparator.comparing(ProcessHandle::pid))
            .orElseThrow();
    try {
      new ProcessBuilder("kill", "-INT", String.valueOf(postmaster.pid())).start().waitFor();
    } catch (IOException e) {
      throw new SandboxException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SandboxException("interrupted", e);
    }
    postmaster.onExit().orTimeout(limit.toSeconds(), TimeUnit.SECONDS).join();
    copy.close();
  }

  @Override
  public boolean ranOutOfMemory(MachineId id) {
    return false;
  }
}
