/** People decide: tasks, reminders, escalation, waivers, four eyes. */
package io.pgproof.workflow.decide;
