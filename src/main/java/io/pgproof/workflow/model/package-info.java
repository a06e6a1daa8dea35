/** The ids that the models and the code share. */
@NullMarked
package io.pgproof.workflow.model;

import org.jspecify.annotations.NullMarked;
