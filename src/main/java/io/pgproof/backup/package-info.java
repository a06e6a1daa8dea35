/** What a backup on disk is: find, inspect, and the one pass that unpacks and checks; may import {@code proof} and {@code command}. */
package io.pgproof.backup;
