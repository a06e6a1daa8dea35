/** The steps that restore, recover, check and tear down in a container. */
package io.pgproof.workflow.attempt;
