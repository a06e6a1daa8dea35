package io.pgproof.postgres.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CombineFailureTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | /pgproof/chain/0/global/pg_control: CRC is incorrect | INCONSISTENT",
        "1 | /pgproof/chain/0/global/pg_control: expected system identifier 7, but found 8 | INCONSISTENT",
        "1 | backup at \"/pgproof/chain/1\" starts at LSN 0/2000028, but expected 0/4000028 | INCONSISTENT",
        "1 | backup at \"/pgproof/chain/1\" is a full backup, but only the first backup should be a full backup | INCONSISTENT",
        "1 | /pgproof/chain/0/backup_label: could not find START WAL LOCATION | INCONSISTENT",
        "1 | file \"/pgproof/chain/1/base/5/INCREMENTAL.1259\" has bad incremental magic number (0x0, expected 0xd3ae1f0d) | INCONSISTENT",
        "1 | could not read file \"/pgproof/chain/1/base/5/INCREMENTAL.1259\": read 3 of 4 | INCONSISTENT",
        "1 | could not open file \"/pgproof/chain/0/base/5/1259\": No such file or directory | INCONSISTENT",
        "1 | could not open file \"/pgproof/chain/0/base/5/1259\": Input/output error | ENVIRONMENT",
        "1 | could not read file \"/pgproof/chain/0/base/5/1259\": Stale file handle | ENVIRONMENT",
        "1 | could not open file \"/pgproof/chain/0/base/5/1259\": Too many open files | ENVIRONMENT",
        "1 | could not write file \"/pgproof/data/base/5/1259\": No space left on device | DISK_FULL",
        "1 | could not write file \"/pgproof/data/base/5/1259\": Disk quota exceeded | DISK_FULL",
        "1 | out of memory | OUT_OF_MEMORY",
        "1 | unrecognized option | RECOVERY_UNCLEAR",
        "1 | could not create directory \"/pgproof/data/base\": File exists | RECOVERY_UNCLEAR",
        "139 | /pgproof/chain/0/global/pg_control: CRC is incorrect | RECOVERY_UNCLEAR"
      })
  void onlyMessagesAboutDamageRefute(String status, String said, Reason reason) {
    Finding finding =
        CombineFailure.of(
            status,
            "pg_combinebackup: error: "
                + said
                + "\npg_combinebackup: removing contents of output directory");
    assertThat(finding.reason()).isEqualTo(reason);
    assertThat(finding.words()).contains(said);
  }
}
