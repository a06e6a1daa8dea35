/** The steps that restore, recover, check and tear down in a container. */
@NullMarked
package io.pgproof.workflow.attempt;

import org.jspecify.annotations.NullMarked;
