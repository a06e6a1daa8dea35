package io.pgproof.postgres.server;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * A started server, and the means to learn its fate.
 *
 * @param log its log on the host; the server can write there, so the contents are not trusted
 * @param alive whether its machine still runs
 * @param outOfMemory whether the machine's memory limit killed a process or made an allocation fail
 */
public record RunningServer(
    ServerAddress address, Path log, BooleanSupplier alive, BooleanSupplier outOfMemory) {}
