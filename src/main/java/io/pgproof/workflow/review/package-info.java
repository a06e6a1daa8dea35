/** Auditors review the results of a period, and sign them or ask for action. */
@NullMarked
package io.pgproof.workflow.review;

import org.jspecify.annotations.NullMarked;
