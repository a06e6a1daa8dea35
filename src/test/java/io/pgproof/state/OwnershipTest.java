package io.pgproof.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.PowerCut;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("root")
class OwnershipTest {
  @TempDir Path place;

  @Test
  @Tag("container")
  void aReportedIdentityOutlivesAPowerCut() throws Exception {
    try (PowerCut power = new PowerCut("ext4")) {
      StateDirectory state = new StateDirectory(power.directory());
      String told;
      try (Ownership ownership = Ownership.acquire(state).orElseThrow()) {
        told = ownership.identity();
        power.cut();
      }
      power.back();
      try (Ownership ownership = Ownership.acquire(state).orElseThrow()) {
        assertThat(ownership.identity()).isEqualTo(told);
      }
    }
  }

  @Test
  void aCreatedDirectoryBelongsToRootAlone() throws IOException {
    StateDirectory state = new StateDirectory(place.resolve("some/where"));
    try (Ownership ownership = Ownership.acquire(state).orElseThrow()) {
      assertThat(mode(ownership.state().path())).isEqualTo("rwx------");
      assertThat(mode(state.runs())).isEqualTo("rwx------");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwxr-xr-x", "rwx--x---", "rwx-----x"})
  void aDirectoryOpenToOthersIsRefusedAndKeepsItsMode(String mode) throws IOException {
    Path shared = Files.createDirectory(place.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> Ownership.acquire(new StateDirectory(shared)))
        .isInstanceOfSatisfying(
            UsageException.class,
            refused -> {
              assertThat(refused).hasMessageContaining(shared.toString());
              assertThat(refused.finding().hint()).contains("chmod 700 " + shared);
            });
    assertThat(mode(shared)).isEqualTo(mode);
    assertThat(shared).isEmptyDirectory();
  }

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws IOException {
    Path theirs = Files.createDirectory(place.resolve("theirs"));
    Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rwx------"));
    Files.setAttribute(theirs, "unix:uid", 4711);

    assertThatThrownBy(() -> Ownership.acquire(new StateDirectory(theirs)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(theirs.toString())
        .hasMessageContaining("4711");
    assertThat(theirs).isEmptyDirectory();
  }

  @Test
  void aFileInsteadOfADirectoryIsRefused() throws IOException {
    Path file = Files.createFile(place.resolve("file"));
    for (Path path : List.of(file, file.resolve("below"))) {
      assertThatThrownBy(() -> Ownership.acquire(new StateDirectory(path)))
          .isInstanceOfSatisfying(
              UsageException.class,
              refused -> {
                assertThat(refused)
                    .hasMessage(
                        "the state directory " + path + " cannot be used: it is not a directory");
                assertThat(refused.finding().hint()).doesNotContain("chmod");
              });
    }
  }

  @Test
  void aDirectoryOfRootAloneIsAccepted() throws IOException {
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx------"));
    try (Ownership ownership = Ownership.acquire(new StateDirectory(place)).orElseThrow()) {
      assertThat(Ownership.owner(ownership.state())).hasValue(ProcessHandle.current().pid());
    }
  }

  @Test
  void onlyOneOfManyProcessesBecomesTheOwner() throws Exception {
    StateDirectory state = new StateDirectory(place.resolve("fresh"));
    ExecutorService starting = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Optional<Ownership>>> starts =
          Collections.nCopies(8, () -> Ownership.acquire(state));
      List<Ownership> owners = new ArrayList<>();
      for (Future<Optional<Ownership>> taken : starting.invokeAll(starts)) {
        taken.get().ifPresent(owners::add);
      }
      assertThat(owners).hasSize(1);
      owners.get(0).close();
    } finally {
      starting.shutdown();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
