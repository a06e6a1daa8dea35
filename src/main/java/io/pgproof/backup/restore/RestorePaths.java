package io.pgproof.backup.restore;

import java.nio.file.Path;

/**
 * The paths of a restored backup; none of them exists before.
 *
 * @param data the data directory
 * @param tablespaces directory for the tablespaces outside the data directory, one subdirectory per
 *     OID; created when there are any
 * @param tablespacesInside path of {@code tablespaces} as the server sees it; the links in the data
 *     directory lead there
 * @param wal copies of the WAL archive's segments; created when an archive is named
 */
public record RestorePaths(Path data, Path tablespaces, String tablespacesInside, Path wal) {}
