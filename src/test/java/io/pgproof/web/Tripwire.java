package io.pgproof.web;

/** Knows that it was made: the harmless payload of an attack. */
public final class Tripwire {
  /** Makes one, when it is evaluated. */
  static final String EXPRESSION =
      "${''.getClass().forName('io.pgproof.web.Tripwire').newInstance()}";

  private static volatile boolean tripped;

  public Tripwire() {
    tripped = true;
  }

  static void arm() {
    tripped = false;
  }

  static boolean tripped() {
    return tripped;
  }
}
