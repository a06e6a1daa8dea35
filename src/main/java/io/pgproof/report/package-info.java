/** Writes a report for auditors as a file: JSON, CSV or HTML. */
@NullMarked
package io.pgproof.report;

import org.jspecify.annotations.NullMarked;
