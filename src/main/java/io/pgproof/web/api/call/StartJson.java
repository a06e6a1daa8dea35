package io.pgproof.web.api.call;

import org.jspecify.annotations.Nullable;

/** The body of the call {@code startRun}. */
record StartJson(@Nullable String target) {}
