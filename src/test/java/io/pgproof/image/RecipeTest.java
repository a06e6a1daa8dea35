package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecipeTest {
  private static final List<String> NONE = List.of();

  private static Recipe recipe(
      int major, String suite, List<String> sources, List<String> packages, String architecture, int firstHostId,
      int revision) {
    return new Recipe(major, suite, sources, packages, NONE, NONE, NONE, NONE, architecture, firstHostId, revision);
  }

  @Test
  void keyIsTheSameOnEveryMachineAndInEveryRelease() {
    Recipe recipe = recipe(15, "bookworm", NONE, List.of("postgresql-15", "locales-all"), "amd64", 100000, 1);

    assertThat(recipe.key()).isEqualTo("15-bookworm-13cc07573570");
  }

  @Test
  void everyPartOfTheRecipeChangesTheKey() {
    List<String> packages = List.of("postgresql-15", "locales-all");
    Recipe plain = recipe(15, "bookworm", NONE, packages, "amd64", 100000, 1);
    Stream<Recipe> others = Stream.of(
        recipe(16, "bookworm", NONE, packages, "amd64", 100000, 1),
        recipe(15, "trixie", NONE, packages, "amd64", 100000, 1),
        recipe(15, "bookworm", List.of("deb file:/packages bookworm main"), packages, "amd64", 100000, 1),
        recipe(15, "bookworm", NONE, List.of("postgresql-15", "locales-all", "postgis"), "amd64", 100000, 1),
        recipe(15, "bookworm", NONE, packages, "aarch64", 100000, 1),
        recipe(15, "bookworm", NONE, packages, "amd64", 165536, 1),
        recipe(15, "bookworm", NONE, packages, "amd64", 100000, 2),
        new Recipe(15, "bookworm", NONE, packages, List.of("a"), NONE, NONE, NONE, "amd64", 100000, 1),
        new Recipe(15, "bookworm", NONE, packages, NONE, List.of("a"), NONE, NONE, "amd64", 100000, 1),
        new Recipe(15, "bookworm", NONE, packages, NONE, NONE, List.of("a"), NONE, "amd64", 100000, 1),
        new Recipe(15, "bookworm", NONE, packages, NONE, NONE, NONE, List.of("a"), "amd64", 100000, 1));

    assertThat(Stream.concat(Stream.of(plain), others).map(Recipe::key)).doesNotHaveDuplicates();
  }

  @Test
  void oneNameIsNotMistakenForTwo() {
    Recipe one = recipe(15, "bookworm", NONE, List.of("a,b"), "amd64", 100000, 1);
    Recipe two = recipe(15, "bookworm", NONE, List.of("a", "b"), "amd64", 100000, 1);

    assertThat(one.key()).isNotEqualTo(two.key());
  }

  @Test
  void everyVersionKnownHasItsSuiteItsServerAndAllLocales() {
    assertThat(Recipe.majors()).containsExactly(13, 15, 17, 18);
    assertThat(Recipe.majors()).allSatisfy(major -> {
      Recipe recipe = Recipe.of(major, 100000).orElseThrow();
      assertThat(recipe.packages()).containsExactly("postgresql-" + major, "locales-all");
      assertThat(Recipe.majorOf(recipe.key())).hasValue(major);
    });
  }

  @Test
  void versionWithoutASuiteHasNoRecipe() {
    assertThat(Recipe.of(16, 100000)).isEmpty();
  }

  @Test
  void directoriesOfABuildAreNoKeys() {
    assertThat(Recipe.majorOf(".building-15-bookworm-0123456789ab-7")).isEmpty();
    assertThat(Recipe.majorOf("15-bookworm-0123456789ab/..")).isEmpty();
  }
}
