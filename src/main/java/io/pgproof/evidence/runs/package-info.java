/** One row for each run, derived from its evidence, and the queries of pages and charts. */
@NullMarked
package io.pgproof.evidence.runs;

import org.jspecify.annotations.NullMarked;
