/** Begins and ends verifications: inspection, image, verdict, evidence. */
package io.pgproof.workflow.verify;
