/** What people may not do to the engine. */
package io.pgproof.workflow.guard;
