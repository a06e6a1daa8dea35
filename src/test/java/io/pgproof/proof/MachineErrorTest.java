package io.pgproof.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineErrorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "could not write to file \"base/5/1259\": No space left on device | ENOSPC",
        "E: You don't have enough free space - write (28: No space left on device) | ENOSPC",
        "cannot write block : No space left on device | ENOSPC",
        "No space left on device at /usr/bin/mmdebstrap line 12. | ENOSPC",
        "cp: error writing 'x': Disk quota exceeded | EDQUOT",
        "cp: write error: Quota exceeded | EDQUOT",
        "could not map anonymous shared memory: Cannot allocate memory | ENOMEM",
        "sh: can't fork: Out of memory | ENOMEM",
        "pg_combinebackup: error: out of memory | ENOMEM",
        "out of memory while trying to decode a record of length 90000 | ENOMEM",
        "could not read block 5 in file \"base/5/1259\": Input/output error | EIO",
        "cat: read error: I/O error | EIO",
        "cat: x: Remote I/O error | EREMOTEIO",
        "could not open file \"global/pg_control\": Stale file handle | ESTALE",
        "could not stat directory \"base\": Transport endpoint is not connected | ENOTCONN",
        "could not fsync file \"pg_wal/000000010000000000000001\": Connection timed out | ETIMEDOUT",
        "cannot open /dev/sdb: No such device or address | ENXIO",
        "cannot mount: No such device | ENODEV",
        "could not open file \"base/5/1259\": Structure needs cleaning | EUCLEAN",
        "could not open file \"base/5/1259\": Permission denied | EACCES",
        "/backup/base.tar (Permission denied) | EACCES",
        "could not write block 3 of temporary file: Read-only file system | EROFS",
        "out of file descriptors: Too many open files; release and retry | EMFILE",
        "could not open file \"x\": Too many open files in system | ENFILE",
        "could not fork startup process: Resource temporarily unavailable | EAGAIN"
      })
  void messagesOfMachineErrorsAreRecognized(String said, MachineError error) {
    assertThat(MachineError.find(said)).contains(error);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "could not open file \"base/5/1259\": No such file or directory",
        "could not read file \"global/pg_control\": read 4096 of 8192",
        "relation \"Permission denied\" does not exist",
        "out of shared memory",
        "the user was told No space left on device yesterday",
        "invalid page in block 3 of relation base/5/1259",
        "could not seek in file: Invalid argument",
        ""
      })
  void otherMessagesAreNotMachineErrors(String said) {
    assertThat(MachineError.find(said)).isEmpty();
  }

  @Test
  void lackOfSpaceExplainsOtherErrorsOfAProgram() {
    assertThat(
            MachineError.find(
                "cp: x: Permission denied\ncp: error writing 'y': No space left on device\n"))
        .contains(MachineError.ENOSPC);
  }

  @ParameterizedTest
  @CsvSource({
    "53100, SPACE",
    "53200, MEMORY",
    "58000, MEDIUM",
    "58030, MEDIUM",
    "42501, LEAVE",
    "53000, ROOM",
    "53300, ROOM",
    "53400, ROOM",
    "58P01,",
    "XX001,",
    "XX000,",
    "57P03,"
  })
  void sqlStatesOfTheMachineAreKnown(String sqlState, MachineError.Lack lack) {
    assertThat(MachineError.Lack.ofSqlState(sqlState)).isEqualTo(Optional.ofNullable(lack));
  }

  @Test
  void exceptionsAreRecognizedByTheirCause() {
    IOException full = new FileSystemException("/state/x", null, "No space left on device");
    assertThat(MachineError.of(new UncheckedIOException("/state/x cannot be written", full)))
        .contains(MachineError.ENOSPC);
    assertThat(MachineError.of(new IOException("Input/output error"))).contains(MachineError.EIO);
    assertThat(MachineError.of(new AccessDeniedException("/backup/base.tar")))
        .contains(MachineError.EACCES);
    // The path of a file is not what is wrong with it.
    assertThat(MachineError.of(new NoSuchFileException("/backup: No space left on device")))
        .isEmpty();
    assertThat(MachineError.of(null)).isEmpty();
  }

  @Test
  void onlySpaceAndMemoryHaveReasonsOfTheirOwn() {
    assertThat(MachineError.EDQUOT.reason(Reason.ENVIRONMENT)).isEqualTo(Reason.DISK_FULL);
    assertThat(MachineError.ENOMEM.reason(Reason.ENVIRONMENT)).isEqualTo(Reason.OUT_OF_MEMORY);
    assertThat(MachineError.EIO.reason(Reason.BACKUP_UNREADABLE))
        .isEqualTo(Reason.BACKUP_UNREADABLE);
    assertThat(MachineError.EMFILE.reason(Reason.ENVIRONMENT)).isEqualTo(Reason.ENVIRONMENT);
  }
}
