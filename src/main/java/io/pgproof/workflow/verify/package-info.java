/** Begins and ends verifications: inspection, image, verdict, evidence. */
@NullMarked
package io.pgproof.workflow.verify;

import org.jspecify.annotations.NullMarked;
