/** Camunda's web applications as pgproof serves them: who may do what in them; may import {@code workflow}, Camunda and Spring. */
package io.pgproof.web.cockpit;
