package io.pgproof.web;

import java.util.concurrent.atomic.AtomicBoolean;

/** Knows that it was made: the harmless payload of an attack. */
public final class Tripwire {
  /** Makes one, when it is evaluated. */
  static final String EXPRESSION =
      "${''.getClass().forName('io.pgproof.web.Tripwire').newInstance()}";

  private static final AtomicBoolean TRIPPED = new AtomicBoolean();

  public Tripwire() {
    TRIPPED.set(true);
  }

  static void arm() {
    TRIPPED.set(false);
  }

  static boolean tripped() {
    return TRIPPED.get();
  }
}
