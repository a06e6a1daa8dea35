package io.pgproof.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelationFileTest {
  @ParameterizedTest
  @CsvSource({
    "global/1262,                                     1664,     0,  1262, false,  0",
    "base/5/16384,                                    1663,     5, 16384, false,  0",
    "base/5/16384.12,                                 1663,     5, 16384, false, 12",
    "base/5/16384_fsm,                                1663,     5, 16384, true,   0",
    "base/5/16384_vm.1,                               1663,     5, 16384, true,   1",
    "base/5/16384_init,                               1663,     5, 16384, false,  0",
    "pg_tblspc/16390/PG_15_202209061/5/4294967295_vm, 16390,    5, 4294967295, true, 0"
  })
  void fileNamesGiveRelationAndPosition(
      String name, long tablespace, long database, long number, boolean map, int segment) {
    assertThat(RelationFile.of(name))
        .contains(new RelationFile(name, tablespace, database, number, map, segment));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PG_VERSION",
        "backup_label",
        "pg_xact/0000",
        "pg_wal/000000010000000000000001",
        "1259",
        "global/pg_control",
        "global/pg_filenode.map",
        "global/pg_internal.init",
        "global/pg_internal.init.123",
        "base/5/PG_VERSION",
        "base/5/pg_filenode.map",
        "base/5/pg_internal.init",
        "base/pgsql_tmp/pgsql_tmp123.0",
        "base/pgsql_tmp/16384",
        "base/5/t3_16384",
        "base/5/t3_16384_fsm",
        "base/5/16384.0",
        "base/5/16384_fsm_",
        "base/5/16384.1.1",
        "base/5/16384.cfm",
        "base/5/INCREMENTAL.16384",
        "base/16384",
        "base/5/5/16384",
        "pg_tblspc/16390/5/16384",
        "base/5/16384\n"
      })
  void otherFilesHaveNoPages(String name) {
    assertThat(RelationFile.of(name)).isEmpty();
  }
}
