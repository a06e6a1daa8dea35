/** The evidence of a period, summed up for an auditor. */
@NullMarked
package io.pgproof.evidence.report;

import org.jspecify.annotations.NullMarked;
