/**
 * What steps share: work beside the engine, retries, polling and progress; and a watch on the
 * engine itself.
 */
@NullMarked
package io.pgproof.workflow.engine;

import org.jspecify.annotations.NullMarked;
