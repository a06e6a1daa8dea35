/** People decide: tasks, reminders, escalation, waivers, four eyes. */
@NullMarked
package io.pgproof.workflow.decide;

import org.jspecify.annotations.NullMarked;
