package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.PowerCut;
import io.pgproof.Remains;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.Trees;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The whole program on a disk whose power is cut; {@code src/test/bench/power-loss} does it at many
 * random moments.
 */
@Tag("container")
class PowerLossTest extends ProgramFixture {
  /** Tells whom it killed. */
  private static final String KILL_MACHINES =
      """
      find /sys/fs/cgroup -maxdepth 3 -name "$1" -exec cat '{}/cgroup.procs' ';' | sort -u | xargs -r -t kill -9 2>&1
      """;

  private static final HostPrograms PROGRAMS = new HostPrograms();

  private PowerCut power;

  @BeforeEach
  void onADiskOfItsOwn() throws IOException {
    power = new PowerCut("ext4");
    StateDirectory onDisk = new StateDirectory(power.directory());
    assertThat(
            PROGRAMS
                .run(
                    new HostCommand(
                        Duration.ofMinutes(1),
                        "cp",
                        "-a",
                        state.images().toString(),
                        onDisk.images().toString()))
                .succeeded())
        .isTrue();
    power.flush();
    Trees.remove(state.path());
    state = onDisk;
  }

  @AfterEach
  void removeTheDisk() throws IOException {
    if (power != null) {
      power.close();
    }
  }

  @Test
  void aPowerCutLosesNoReportedVerdictAndNoRun() throws Exception {
    String told;
    try (Program server = serve();
        Program asking = verify("--json")) {
      assertProven(asking);
      told = asking.out();
      cut(server);
    }
    String run = JSON.readTree(told).get("run").asText();
    assertThat(JSON.readTree(answer(0, List.of(), "show", run, "--json")))
        .isEqualTo(JSON.readTree(told));

    String cutOff;
    try (Program program = verify("--json")) {
      cutOff = awaitMoment(program, Moment.RECOVERING);
      cut(program);
    }
    try (Program program = verify("--json")) {
      assertProven(program);
    }
    Remains.assertNone(state);
    assertThat(answer(0, List.of(), "show", cutOff)).contains("proven", "attempt 1 was cut off");
  }

  private void cut(Program program) throws Exception {
    power.cut();
    program.kill();
    await()
        .until(
            () ->
                PROGRAMS
                    .run(
                        new HostCommand(
                            Duration.ofMinutes(1),
                            "sh",
                            "-c",
                            KILL_MACHINES,
                            "sh",
                            "lxc.*" + state.machinePrefix() + "*"))
                    .out()
                    .isEmpty());
    power.back();
  }
}
