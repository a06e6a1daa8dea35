/** The ids that the models and the code share. */
package io.pgproof.workflow.model;
