package io.pgproof.sandbox.lxc.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LiblxcTest {

  @Test
  void theStructureHasTheSizeOfTheHeader() {
    assertThat(new LxcContainer().size()).isEqualTo(568);
  }

  @Test
  void aMissingLibraryIsNamedWithItsRemedy() {
    assertThatThrownBy(() -> Liblxc.load("liblxc-that-is-not-there.so.1"))
        .isInstanceOfSatisfying(
            LiblxcUnavailableException.class,
            e -> {
              assertThat(e).hasMessageContaining("liblxc-that-is-not-there.so.1 cannot be loaded");
              assertThat(e.remedy()).isEqualTo("apt-get install lxc");
            });
  }

  @Test
  void versions5And6Fit() {
    assertThatCode(() -> LxcAbi.require("5.0.2", 8, 568)).doesNotThrowAnyException();
    assertThatCode(() -> LxcAbi.require("6.0.4", 8, 568)).doesNotThrowAnyException();
  }

  @Test
  void otherVersionsAreRefusedWithAMessage() {
    for (String version : new String[] {"4.0.6", "7.0.0", "devel", "", null}) {
      assertThatThrownBy(() -> LxcAbi.require(version, 8, 568))
          .isInstanceOf(LiblxcUnavailableException.class)
          .hasMessageContaining("liblxc has version " + version);
    }
  }

  @Test
  void aStructureOfAnotherSizeIsRefusedWithAMessage() {
    assertThatThrownBy(() -> LxcAbi.require("5.0.2", 4, 284))
        .isInstanceOf(LiblxcUnavailableException.class)
        .hasMessageContaining("284 bytes with pointers of 4");
  }

  @Test
  @Tag("container")
  void membersOfTheStructureHaveTheOffsetsOfTheHeader() {
    Liblxc lxc = Liblxc.load();
    LxcContainer container = lxc.lxc_container_new("pgproof-layout", "/run/pgproof/machine");
    try {
      assertThat(container.name).isEqualTo("pgproof-layout");
      assertThat(container.config_path.getString(0)).isEqualTo("/run/pgproof/machine");
      assertThat(container.is_defined.call(container)).isZero();
      assertThat(container.state.call(container)).isEqualTo("STOPPED");
      assertThat(container.init_pid.call(container)).isEqualTo(-1);
      assertThat(container.set_config_item.call(container, "lxc.no.such.key", "1")).isZero();
      assertThat(container.set_config_item.call(container, "lxc.uts.name", "x")).isNotZero();
    } finally {
      lxc.lxc_container_put(container);
    }
  }
}
