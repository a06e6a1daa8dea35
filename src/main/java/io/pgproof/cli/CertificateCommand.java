package io.pgproof.cli;

import io.pgproof.certificate.CertificatePack;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "certificate",
    description =
        "Writes a signed certificate of one verification, which anyone can check without pgproof.",
    mixinStandardHelpOptions = true)
final class CertificateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Parameters(
      paramLabel = "RUN",
      description = "Id of a run that was proven, stale or refuted, see the command runs.")
  private String run;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write; it must not exist, or be empty.")
  private Path out = Path.of("");

  @Override
  public Integer call() throws Exception {
    Path directory = out.toAbsolutePath().normalize();
    CertificatePack.requireWritable(directory);
    return RequestCommand.run(
        main,
        spec,
        new Request.IssueCertificate(run),
        Reply.Certificate.class,
        (issued, printed) -> {
          issued.pack().write(directory);
          printed.println(
              directory
                  + " has the certificate of run "
                  + run
                  + "; VERIFY.txt in it says how to check it");
          return Main.DONE;
        });
  }
}
