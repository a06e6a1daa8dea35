package io.pgproof.damage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of a backup's WAL lie in records before its end, where each record's CRC covers them
 * (source: {@code xlogrecord.h}).
 */
final class WalRecords {
  private static final Pattern START = Pattern.compile("\"Start-LSN\": \"0/(\\w+)\"");
  private static final Pattern END = Pattern.compile("\"End-LSN\": \"0/(\\w+)\"");
  private static final int PAGE = 8192;
  private static final int HEADER = 24;
  private static final int LONG_HEADER = 40;
  private static final int SWITCH = 0x40;

  private final int segmentSize;
  private final long first;
  private final ByteBuffer log;
  private final BitSet covered = new BitSet();
  private final List<Extent> records = new ArrayList<>();

  /** Where in the log a record lies, headers of pages between its bytes included. */
  private record Extent(int begin, int end) {}

  /** Of a backup on timeline 1 below 4 GiB of WAL, whose segments all have names in order. */
  public WalRecords(SoundBackup backup) {
    List<Tar.Member> segments =
        backup.wal().members().stream()
            .filter(member -> member.name().matches("[0-9A-F]{24}"))
            .toList();
    this.segmentSize = segments.get(0).content().length;
    this.first = Long.parseLong(segments.get(0).name().substring(16), 16) * segmentSize;
    this.log = Tar.littleEndian(new byte[segments.size() * segmentSize]);
    segments.forEach(segment -> log.put(segment.content()));
    walk((int) (lsn(START, backup) - first), (int) (lsn(END, backup) - first));
  }

  private static long lsn(Pattern pattern, SoundBackup backup) {
    Matcher matcher = pattern.matcher(backup.manifest());
    if (!matcher.find()) {
      throw new IllegalArgumentException(backup.manifest());
    }
    return Long.parseLong(matcher.group(1), 16);
  }

  private void walk(int start, int end) {
    int at = start;
    while (at < end) {
      at = behindHeader(at);
      int begin = at;
      int left = log.getInt(at);
      if (left < HEADER) {
        throw new IllegalStateException("no record at " + Long.toHexString(first + at));
      }
      boolean switched = log.get(at + 17) == 0 && (log.get(at + 16) & 0xF0) == SWITCH;
      while (left > 0) {
        int piece = Math.min(left, PAGE - at % PAGE);
        covered.set(at, at + piece);
        left -= piece;
        at = left > 0 ? behindHeader(at + piece) : at + piece;
      }
      records.add(new Extent(begin, at));
      at = switched ? (at + segmentSize - 1) / segmentSize * segmentSize : at + 7 & -8;
    }
  }

  private int behindHeader(int at) {
    return at % PAGE != 0 ? at : at + (at % segmentSize == 0 ? LONG_HEADER : HEADER);
  }

  /**
   * Where in a segment, named by its file, the first of the records ends that lie wholly in it;
   * behind its last byte.
   */
  int endOfRecordWithin(String segment) {
    int begin = begin(segment);
    return records.stream()
            .filter(record -> record.begin() >= begin && record.end() <= begin + segmentSize)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no record lies in " + segment))
            .end()
        - begin;
  }

  private int begin(String segment) {
    return (int) (Long.parseLong(segment.substring(16), 16) * segmentSize - first);
  }

  /** Whether a byte of a segment, named by its file, lies in such a record. */
  boolean covers(String segment, int offset) {
    return covered.get(begin(segment) + offset);
  }

  int count() {
    return covered.cardinality();
  }
}
