/** Camunda's web applications as pgproof serves them: who may do what. */
package io.pgproof.web.cockpit;
