package io.pgproof.cli;

import io.pgproof.Pgproof;
import picocli.CommandLine.IVersionProvider;

/** The version of the jar. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Pgproof.class.getPackage().getImplementationVersion();
    return new String[] {"pgproof " + (version == null ? "(not packaged)" : version)};
  }
}
