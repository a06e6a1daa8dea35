/** Writes a report for auditors as a file: HTML, PDF, CSV or JSON. */
@NullMarked
package io.pgproof.report;

import org.jspecify.annotations.NullMarked;
