/** The insert-only trail of what was asked, found and decided; may import {@code proof}, Spring JDBC and Jackson. */
package io.pgproof.audit;
