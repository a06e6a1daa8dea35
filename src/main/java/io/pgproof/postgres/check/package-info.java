/** The checks of a recovered copy. */
package io.pgproof.postgres.check;
