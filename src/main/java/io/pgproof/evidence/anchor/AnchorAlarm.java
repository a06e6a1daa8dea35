package io.pgproof.evidence.anchor;

import io.pgproof.evidence.ServerEvent;

/** Tells people about anchors; each call is part of the transaction that records the event. */
public interface AnchorAlarm {
  /** An anchor is late. */
  void late(ServerEvent.AnchorLate event);

  /** The log is anchored again in a way that was late. */
  void recovered(ServerEvent.LogAnchored event);
}
