/** A backup as it lies on disk: finding, choosing and inspecting it. */
package io.pgproof.backup.source;
