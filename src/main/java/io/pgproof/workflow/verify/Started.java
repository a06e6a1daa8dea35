package io.pgproof.workflow.verify;

import io.pgproof.proof.RunId;

/**
 * The answer to a request to start a run or a negative control of a target.
 *
 * @param run id of the run or the control
 * @param started whether the request started it; otherwise it was under way before
 */
public record Started(RunId run, boolean started) {}
