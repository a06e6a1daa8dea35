package io.pgproof.backup.source;

import io.pgproof.backup.archive.FileNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a backup holds besides a cluster's data: told, and not held against the backup. Safe for
 * several threads.
 */
public final class ForeignFiles {

  /** The first names of many. */
  private static final class Some {
    private static final int MOST_TOLD = 5;

    private final TreeSet<String> first = new TreeSet<>();
    private int count;

    void add(String name) {
      count++;
      first.add(name);
      if (first.size() > MOST_TOLD) {
        first.pollLast();
      }
    }

    String told() {
      String names = first.stream().map(FileNames::shown).collect(Collectors.joining(", "));
      return count > first.size() ? names + " and " + (count - first.size()) + " more" : names;
    }
  }

  private final Set<String> linked = new HashSet<>();
  private final Some links = new Some();
  private final Some others = new Some();
  private final Some unlisted = new Some();

  public synchronized void link(String name) {
    if (name.indexOf('/') < 0) {
      linked.add(name);
    }
    links.add(name);
  }

  /**
   * Whether a link lies at the top of the data directory above this name: who unpacks both writes
   * to where the link leads.
   */
  public synchronized boolean isBehindLink(String name) {
    int slash = name.indexOf('/');
    return slash > 0 && linked.contains(name.substring(0, slash));
  }

  public synchronized void neitherFileNorDirectory(String name) {
    others.add(name);
  }

  public synchronized void unlisted(String name) {
    unlisted.add(name);
  }

  /** One line a kind. */
  public synchronized List<String> notes() {
    List<String> notes = new ArrayList<>();
    note(notes, links, "symbolic links, neither followed nor restored: ");
    note(notes, others, "not restored, because PostgreSQL keeps nothing there: ");
    note(notes, unlisted, "not in backup_manifest, and no data of PostgreSQL: ");
    return notes;
  }

  private static void note(List<String> notes, Some some, String what) {
    if (some.count > 0) {
      notes.add(what + some.told());
    }
  }
}
