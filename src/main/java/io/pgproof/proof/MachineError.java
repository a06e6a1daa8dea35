package io.pgproof.proof;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The errors of {@code errno(3)} that concern the machine and not the backup, with the messages of
 * the C libraries, and the SQLSTATEs by which PostgreSQL reports them.
 *
 * <p>All packages use this one table to interpret program output and exceptions. {@code ENOENT} is
 * not in it, because the missing file can be missing from the backup. {@code EINVAL} is not in it,
 * because it can have any cause. Where the messages of glibc and musl differ, they are listed in
 * this order (source: {@code sysdeps/gnu/errlist.h} and {@code src/errno/__strerror.h}).
 */
public enum MachineError {
  ENOSPC(Lack.SPACE, "No space left on device"),
  EDQUOT(Lack.SPACE, "Disk quota exceeded", "Quota exceeded"),

  /** The last message is PostgreSQL's own. */
  ENOMEM(Lack.MEMORY, "Cannot allocate memory", "Out of memory", "out of memory"),

  EIO(Lack.MEDIUM, "Input/output error", "I/O error"),
  EREMOTEIO(Lack.MEDIUM, "Remote I/O error"),
  ESTALE(Lack.MEDIUM, "Stale file handle", "Stale NFS file handle"),
  ENOTCONN(Lack.MEDIUM, "Transport endpoint is not connected", "Socket not connected"),
  ESHUTDOWN(
      Lack.MEDIUM,
      "Cannot send after transport endpoint shutdown",
      "Cannot send after socket shutdown"),
  ECONNABORTED(Lack.MEDIUM, "Software caused connection abort", "Connection aborted"),
  ECONNRESET(Lack.MEDIUM, "Connection reset by peer"),
  ECONNREFUSED(Lack.MEDIUM, "Connection refused"),
  ETIMEDOUT(Lack.MEDIUM, "Connection timed out", "Operation timed out"),
  EHOSTDOWN(Lack.MEDIUM, "Host is down"),
  EHOSTUNREACH(Lack.MEDIUM, "No route to host", "Host is unreachable"),
  ENETDOWN(Lack.MEDIUM, "Network is down"),
  ENETUNREACH(Lack.MEDIUM, "Network is unreachable", "Network unreachable"),
  ENOLINK(Lack.MEDIUM, "Link has been severed"),
  ENODEV(Lack.MEDIUM, "No such device"),
  ENXIO(Lack.MEDIUM, "No such device or address"),
  ENOMEDIUM(Lack.MEDIUM, "No medium found"),
  EUCLEAN(Lack.MEDIUM, "Structure needs cleaning"),
  EBADMSG(Lack.MEDIUM, "Bad message"),

  EACCES(Lack.LEAVE, "Permission denied"),
  EPERM(Lack.LEAVE, "Operation not permitted"),
  EROFS(Lack.LEAVE, "Read-only file system"),
  ENOKEY(Lack.LEAVE, "Required key not available"),
  EKEYEXPIRED(Lack.LEAVE, "Key has expired"),

  EMFILE(Lack.ROOM, "Too many open files", "No file descriptors available"),
  ENFILE(Lack.ROOM, "Too many open files in system"),
  EAGAIN(Lack.ROOM, "Resource temporarily unavailable"),
  EBUSY(Lack.ROOM, "Device or resource busy", "Resource busy"),
  ENOLCK(Lack.ROOM, "No locks available"),
  EFBIG(Lack.ROOM, "File too large"),
  ENOBUFS(Lack.ROOM, "No buffer space available"),
  ENOSYS(Lack.ROOM, "Function not implemented"),
  EOPNOTSUPP(Lack.ROOM, "Operation not supported", "Not supported");

  /**
   * What the machine lacked (source of the SQLSTATEs: {@code errcode_for_file_access} in {@code
   * src/backend/utils/error/elog.c}, and {@code src/backend/utils/errcodes.txt}).
   */
  public enum Lack {
    /** Space on a disk, or in a quota. */
    SPACE("53100"),
    MEMORY("53200"),
    /** A disk or a mount that responds. */
    MEDIUM("58000", "58030"),
    /** Permissions of this process. */
    LEAVE("42501"),
    /** Any other resource that a kernel, a file system or a server limits. */
    ROOM("53000", "53300", "53400");

    private final Set<String> sqlStates;

    Lack(String... sqlStates) {
      this.sqlStates = Set.of(sqlStates);
    }

    /** Returns what an SQLSTATE reports as lacking; empty if it does not concern the machine. */
    public static Optional<Lack> ofSqlState(String sqlState) {
      return Arrays.stream(values()).filter(lack -> lack.sqlStates.contains(sqlState)).findFirst();
    }
  }

  /** Longer messages come first, because some of them start with shorter ones. */
  private static final List<Words> TABLE =
      Arrays.stream(values())
          .flatMap(error -> error.words.stream().map(words -> new Words(error, words)))
          .sorted(Comparator.comparing((Words words) -> -words.text.length()))
          .toList();

  /** What a program can write after the message: nothing, or the end of a clause. */
  private static final Pattern BEHIND = Pattern.compile("(?:$|[\\s.,;:()\"']).*", Pattern.DOTALL);

  /** What a program can write before the message. */
  private static final Pattern BEFORE =
      Pattern.compile("(?:|.*(?:\\n|[:(]\\s*| - ))", Pattern.DOTALL);

  private record Words(MachineError error, String text) {
    /**
     * Returns whether the message is where a program puts an error message, and not inside a
     * sentence.
     */
    boolean matches(String said) {
      for (int at = said.indexOf(text); at >= 0; at = said.indexOf(text, at + 1)) {
        if (BEFORE.matcher(said.substring(0, at)).matches()
            && BEHIND.matcher(said.substring(at + text.length())).matches()) {
          return true;
        }
      }
      return false;
    }
  }

  private final Lack lack;
  private final List<String> words;

  MachineError(Lack lack, String... words) {
    this.lack = lack;
    this.words = List.of(words);
  }

  public Lack lack() {
    return lack;
  }

  /** Returns the message of glibc. */
  public String messages() {
    return words.get(0);
  }

  /**
   * Returns the reason for this error.
   *
   * @param otherwise the reason if neither space nor memory was lacking: {@code backup-unreadable}
   *     if a backup was being read, otherwise {@code environment}
   */
  public Reason reason(Reason otherwise) {
    return switch (lack) {
      case SPACE -> Reason.DISK_FULL;
      case MEMORY -> Reason.OUT_OF_MEMORY;
      case MEDIUM, LEAVE, ROOM -> otherwise;
    };
  }

  /**
   * Finds the error that a program's output ends with, such as {@code cp: error writing 'x': No
   * space left on device}; empty if it names none. If several lines name an error, lack of space or
   * memory takes precedence, because it explains the others.
   *
   * @param said the program's output; can be {@code null}
   */
  public static Optional<MachineError> find(@Nullable String said) {
    return said == null
        ? Optional.empty()
        : TABLE.stream()
            .filter(words -> words.matches(said))
            .map(Words::error)
            .min(Comparator.comparing(MachineError::lack));
  }

  /** Returns whether a program's output says that a disk or a quota is full. */
  public static boolean isDiskFull(String said) {
    return find(said).filter(error -> error.lack == Lack.SPACE).isPresent();
  }

  /** Returns whether an exception says that a disk or a quota is full. */
  public static boolean isDiskFull(Throwable failure) {
    return of(failure).filter(error -> error.lack == Lack.SPACE).isPresent();
  }

  /**
   * Finds the error that an exception or one of its causes stands for; empty if none of them names
   * one.
   */
  public static Optional<MachineError> of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // The message of this exception is only the path.
      Optional<MachineError> error =
          cause instanceof AccessDeniedException denied && denied.getReason() == null
              ? Optional.of(EACCES)
              : find(
                  cause instanceof FileSystemException told
                      ? told.getReason()
                      : cause.getMessage());
      if (error.isPresent()) {
        return error;
      }
    }
    return Optional.empty();
  }
}
