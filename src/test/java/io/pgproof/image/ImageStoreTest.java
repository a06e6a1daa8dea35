package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.command.HostPrograms;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the store says about directories as they may lie there; real builds are in {@link
 * BuiltImagesTest}.
 */
class ImageStoreTest {
  @TempDir Path images;
  private BuiltImages store;
  private String key;

  @BeforeEach
  void openStore() {
    store =
        new BuiltImages(
            images,
            images.resolve("images.yaml"),
            () -> 100_000,
            new HostPrograms(),
            Clock.systemUTC());
    key = Recipe.of(ImageSources.debian(15), 100_000).key();
  }

  private void lay(String directory, String recorded) throws IOException {
    Files.createDirectories(images.resolve(directory).resolve("rootfs"));
    new ImageRecord(
            recorded,
            15,
            "15.20",
            100,
            102,
            "/usr/lib/postgresql/15/bin",
            Instant.EPOCH,
            4096,
            List.of())
        .write(images.resolve(directory));
  }

  @Test
  void anImageOfTheCurrentRecipeIsFound() throws IOException {
    lay(key, key);

    assertThat(store.find(15))
        .contains(
            new Image(
                key,
                15,
                "15.20",
                images.resolve(key).resolve("rootfs"),
                100,
                102,
                "/usr/lib/postgresql/15/bin",
                Instant.EPOCH,
                4096));
    assertThat(store.find(13)).isEmpty();
  }

  @Test
  void anImageOfAnotherRecipeIsListedButNotFound() throws IOException {
    lay("15-bookworm-0123456789ab", "15-bookworm-0123456789ab");

    assertThat(store.find(15)).isEmpty();
    assertThat(store.list()).extracting(Image::key).containsExactly("15-bookworm-0123456789ab");
  }

  @Test
  void aDirectoryWithoutAReadableRecordIsCleanedUp() throws IOException {
    Path place = Files.createDirectories(images.resolve(key).resolve("rootfs")).getParent();
    Files.writeString(place.resolve("image.json"), "{\"key\": ");

    assertThat(store.find(15)).isEmpty();
    assertThat(store.list()).isEmpty();
    assertThat(store.reap(failed -> {})).containsExactly(place);
    assertThat(place).doesNotExist();
  }

  @Test
  void aDirectoryWithAnotherImagesRecordIsNotAnImage() throws IOException {
    lay(key, "15-bookworm-0123456789ab");

    assertThat(store.find(15)).isEmpty();
  }

  @Test
  void foreignDirectoriesAreKept() throws IOException {
    Path foreign = Files.createDirectories(images.resolve("lost+found"));

    assertThat(store.reap(failed -> {})).isEmpty();
    assertThat(foreign).exists();
  }

  @Test
  void aRemovedImageIsGoneAndAnUnknownKeyIsRefused() throws IOException {
    lay(key, key);

    store.remove(key);

    assertThat(images).isEmptyDirectory();
    assertThatThrownBy(() -> store.remove(key))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(key);
    assertThatThrownBy(() -> store.remove("../images")).isInstanceOf(UsageException.class);
  }

  @Test
  @Tag("root")
  void anImageInUseStaysUntilItsMachineEnds() throws Exception {
    lay(key, key);
    Path mountPoint = Files.createDirectory(images.resolve("mount"));
    Process machine =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount --bind \"$1\" \"$2\" && echo mounted && exec sleep 600",
                "sh",
                images.resolve(key).resolve("rootfs").toString(),
                mountPoint.toString())
            .start();
    try {
      assertThat(machine.inputReader().readLine()).isEqualTo("mounted");

      store.remove(key);

      assertThat(store.list()).isEmpty();
      assertThat(store.reap(failed -> {})).isEmpty();
      assertThat(images.toFile().list()).hasSize(2);
    } finally {
      machine.destroyForcibly().waitFor();
    }
    assertThat(store.reap(failed -> {})).hasSize(1);
    assertThat(images.toFile().list()).containsExactly("mount");
  }

  @Test
  void anImageIsRestoredAfterAnInterruptedRefresh() throws IOException {
    lay(".old-" + key + "-20261122T193012.000", key);
    Path building = Files.createDirectories(images.resolve(".building-" + key + "-1"));

    assertThat(store.reap(failed -> {})).containsExactly(building);
    assertThat(store.find(15)).isPresent();
  }

  @Test
  void replacedAndPartlyRemovedImagesAreCleanedUp() throws IOException {
    lay(key, key);
    lay(".old-" + key + "-20261122T193012.000", key);
    lay(".removed-" + key + "-20261122T193012.000", key);

    assertThat(store.reap(failed -> {})).hasSize(2);
    assertThat(images.toFile().list()).containsExactly(key);
  }

  @Test
  void aVersionWithoutASourceIsUnsupportedAndTheMessageNamesTheRemedy() {
    assertThatThrownBy(() -> store.build(16, false, line -> {}))
        .isInstanceOfSatisfying(
            FindingException.class,
            thrown -> {
              assertThat(thrown.finding().reason()).isEqualTo(Reason.VERSION_UNSUPPORTED);
              assertThat(thrown.finding().message())
                  .contains(
                      "PostgreSQL 16", images.resolve("images.yaml").toString(), "13, 15, 17, 18");
              assertThat(thrown.finding().hint())
                  .contains(images.resolve("images.yaml").toString(), "- postgres: 16", "rootfs: ");
            });
    assertThat(images).isEmptyDirectory();
  }
}
