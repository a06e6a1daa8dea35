/** Camunda's web applications as pgproof serves them: who may do what. */
@NullMarked
package io.pgproof.web.cockpit;

import org.jspecify.annotations.NullMarked;
