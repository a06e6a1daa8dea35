/** Tests the prover: negative controls of targets, with the process that makes and judges them. */
@NullMarked
package io.pgproof.workflow.control;

import org.jspecify.annotations.NullMarked;
