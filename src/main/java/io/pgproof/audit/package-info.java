/** The insert-only evidence log, verdicts and waivers in the database. */
package io.pgproof.audit;
