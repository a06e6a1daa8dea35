package io.pgproof.evidence.runs;

import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;

/** How many runs of a target ended with this verdict for this reason. */
public record RunCount(String target, Verdict verdict, Reason reason, long runs) {}
