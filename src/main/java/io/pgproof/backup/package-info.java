/** What a backup on disk is: find, inspect, and the one pass that unpacks and checks; may import {@code proof},
 * {@code command} and its {@code binding}. */
package io.pgproof.backup;
