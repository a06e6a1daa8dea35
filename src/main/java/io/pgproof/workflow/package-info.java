/** The process that people watch: delegates, listeners, long work beside the engine; may import the feature rooms, Camunda and Spring. */
package io.pgproof.workflow;
