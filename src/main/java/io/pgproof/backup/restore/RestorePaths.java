package io.pgproof.backup.restore;

import java.nio.file.Path;

/**
 * Where a restored backup lies; nothing of it exists before.
 *
 * @param data the data directory
 * @param tablespaces what lies outside of it, a directory for each OID; made where there are any
 * @param tablespacesInside how the server sees {@code tablespaces}: links in the data directory
 *     lead there
 * @param wal copies of the WAL archive's segments; made where an archive is named
 */
public record RestorePaths(Path data, Path tablespaces, String tablespacesInside, Path wal) {}
