/**
 * What steps share: work beside the engine, retries, polling and progress; and a watch on the
 * engine itself.
 */
package io.pgproof.workflow.engine;
