/** The insert-only trail of what was asked, found and decided; may import {@code proof}, Spring JDBC, Jackson and H2's triggers. */
package io.pgproof.audit;
