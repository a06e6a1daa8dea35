package io.pgproof.web.view;

import io.pgproof.evidence.ReviewHistory.Review;
import io.pgproof.workflow.decide.DecisionTask;

/** An open review of the results of a period, with what was recorded about it. */
public record OpenReview(DecisionTask task, Review review) {}
