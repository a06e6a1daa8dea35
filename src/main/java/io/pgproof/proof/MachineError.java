package io.pgproof.proof;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The errors of {@code errno(3)} that say something of the machine and nothing of a backup, in the
 * words of the C libraries.
 *
 * <p>Every room reads programs' words and exceptions by this one table. {@code ENOENT} is not in
 * it, because a file that is missing may be missing from the backup; nor is {@code EINVAL}, which
 * has any cause. Words that differ between glibc and musl stand in this order (source: {@code
 * sysdeps/gnu/errlist.h} and {@code src/errno/__strerror.h}).
 */
public enum MachineError {
  ENOSPC(Lack.SPACE, "No space left on device"),
  EDQUOT(Lack.SPACE, "Disk quota exceeded", "Quota exceeded"),

  ENOMEM(Lack.MEMORY, "Cannot allocate memory", "Out of memory"),

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

  /** What the machine was in want of. */
  public enum Lack {
    /** Space of a disk, or of a quota. */
    SPACE,
    MEMORY,
    /** A disk or a mount that answers. */
    MEDIUM,
    /** Rights of this process. */
    LEAVE,
    /** Anything else that a kernel or a file system bounds. */
    ROOM
  }

  /** Longer words first, because shorter ones begin some of them. */
  private static final List<Words> TABLE =
      Arrays.stream(values())
          .flatMap(error -> error.words.stream().map(words -> new Words(error, words)))
          .sorted(Comparator.comparing((Words words) -> -words.text.length()))
          .toList();

  /** What a program writes behind the words: nothing, or the end of a clause. */
  private static final Pattern BEHIND = Pattern.compile("(?:$|[\\s.,;:()\"']).*", Pattern.DOTALL);

  /** What it writes before them. */
  private static final Pattern BEFORE =
      Pattern.compile("(?:|.*(?:\\n|[:(]\\s*| - ))", Pattern.DOTALL);

  private record Words(MachineError error, String text) {
    /**
     * Whether they stand where a program puts an error's words, and not in the midst of a sentence.
     */
    boolean in(String said) {
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

  /** The words of glibc. */
  public String words() {
    return words.get(0);
  }

  /**
   * The reason that it is.
   *
   * @param otherwise where neither space nor memory was lacking: {@code backup-unreadable} where a
   *     backup was read, else {@code environment}
   */
  public Reason reason(Reason otherwise) {
    return switch (lack) {
      case SPACE -> Reason.DISK_FULL;
      case MEMORY -> Reason.OUT_OF_MEMORY;
      case MEDIUM, LEAVE, ROOM -> otherwise;
    };
  }

  /**
   * The error that a program's words end in, such as {@code cp: error writing 'x': No space left on
   * device}; empty where they name none. Of several lines, lack of space and memory come first,
   * because they explain the others.
   *
   * @param said may be {@code null}
   */
  public static Optional<MachineError> in(String said) {
    return said == null
        ? Optional.empty()
        : TABLE.stream()
            .filter(words -> words.in(said))
            .map(Words::error)
            .min(Comparator.comparing(MachineError::lack));
  }

  /**
   * The error that an exception or what caused it stands for; empty where none of them names one.
   */
  public static Optional<MachineError> of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      // Its message is the path alone.
      Optional<MachineError> error =
          cause instanceof AccessDeniedException denied && denied.getReason() == null
              ? Optional.of(EACCES)
              : in(
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
