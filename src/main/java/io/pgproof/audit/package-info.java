/** The insert-only evidence log, verdicts and waivers in the database. */
@NullMarked
package io.pgproof.audit;

import org.jspecify.annotations.NullMarked;
