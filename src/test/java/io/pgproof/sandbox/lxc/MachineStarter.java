package io.pgproof.sandbox.lxc;

import io.pgproof.command.HostPrograms;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.MachineSpec;
import java.nio.file.Path;
import java.util.List;

/** A process of its own that makes and starts a machine and says how far it is, to be killed. */
final class MachineStarter {
  private MachineStarter() {}

  /**
   * @param args name, home, root file system
   */
  public static void main(String[] args) throws InterruptedException {
    MachineId id = new MachineId(args[0], Path.of(args[1]));
    LxcSandbox sandbox = new LxcSandbox(new HostPrograms());
    System.out.println("creating");
    sandbox.create(
        new MachineSpec(
            id,
            Path.of(args[2]),
            List.of(),
            List.of("/bin/sleep", "1000"),
            0,
            0,
            new MachineSpec.Limits(128L << 20, 1)));
    System.out.println("starting");
    sandbox.start(id);
    System.out.println("started");
    Thread.sleep(Long.MAX_VALUE);
  }
}
