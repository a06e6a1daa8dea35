package io.pgproof.backup.source;

import io.pgproof.backup.archive.FileNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The contents of a backup that are not data of the cluster: reported, but not held against the
 * backup. Safe for several threads.
 */
public final class ForeignFiles {

  /** The first names of many, and their count. */
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

    String describe() {
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
   * Returns whether this name lies below a symbolic link at the top of the data directory:
   * unpacking both would write to the target of the link.
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

  /** Returns one line per kind. */
  public synchronized List<String> notes() {
    List<String> notes = new ArrayList<>();
    addNote(notes, links, "symbolic links, neither followed nor restored: ");
    addNote(notes, others, "not restored, because PostgreSQL keeps nothing there: ");
    addNote(notes, unlisted, "not in backup_manifest, and not data of PostgreSQL: ");
    return notes;
  }

  private static void addNote(List<String> notes, Some some, String what) {
    if (some.count > 0) {
      notes.add(what + some.describe());
    }
  }
}
