/** Work beside the engine, retries, polling, and watching the engine itself. */
package io.pgproof.workflow.engine;
