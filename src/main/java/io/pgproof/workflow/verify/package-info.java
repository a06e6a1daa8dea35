/** Begins and ends verifications: image, verdict, evidence. */
package io.pgproof.workflow.verify;
