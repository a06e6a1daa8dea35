package io.pgproof.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountsTest {
  @Test
  void mountsBelowAPathAreFoundInOrderAndNeighboursAreNot() {
    String mountinfo =
        """
        21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
        40 21 0:5 / /images/.building\\040a/rootfs rw - tmpfs none rw
        41 40 0:4 / /images/.building\\040a/rootfs/proc rw - proc proc rw
        42 21 0:4 / /images/.building\\040ab/proc rw - proc proc rw
        """;

    assertThat(Mounts.within(Path.of("/images/.building a"), mountinfo))
        .containsExactly(
            Path.of("/images/.building a/rootfs"), Path.of("/images/.building a/rootfs/proc"));
  }
}
