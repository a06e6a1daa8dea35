package io.pgproof.cli;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.cli.text.ReportText;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Mistakes;
import io.pgproof.target.Durations;
import io.pgproof.token.Scope;
import io.pgproof.token.Token;
import io.pgproof.token.TokenRequest;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "token",
    description = "Creates, lists and revokes tokens, with which programs call the API.",
    subcommands = {TokenCommand.Create.class, TokenCommand.List.class, TokenCommand.Revoke.class},
    mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ParentCommand private Main main;

  @Override
  public Integer call() throws Exception {
    return list(main, spec, false);
  }

  private static int list(Main main, CommandSpec spec, boolean json) throws Exception {
    return RequestCommand.run(
        main,
        spec,
        new Request.ListTokens(),
        Reply.Tokens.class,
        (listed, out) -> {
          if (json) {
            out.println(EvidenceJson.write(listed.tokens()));
          } else if (listed.tokens().isEmpty()) {
            out.println(
                "there is no token yet; create one with " + Launcher.COMMAND + " token create");
          } else {
            Instant now = Instant.now();
            listed.tokens().forEach(token -> print(token, now, out));
          }
          return Main.DONE;
        });
  }

  private static void print(Token token, Instant now, PrintWriter out) {
    out.printf(
        "%s  %-7s  until %s  %-18s  %s  %s: %s%n",
        token.id(),
        token.state(now).name().toLowerCase(Locale.ROOT),
        ReportText.time(token.expiresAt()),
        token.scopes().stream().map(Scope::word).collect(Collectors.joining(",")),
        token.lastUse().map(use -> "used " + ReportText.time(use.at())).orElse("never used"),
        token.user(),
        token.name());
  }

  @Command(
      name = "create",
      description = {
        "Creates a token that acts in the name of a user, and prints its secret.",
        "The secret is printed only now: pgproof keeps a digest of it."
      },
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private TokenCommand parent;

    @Option(
        names = "--user",
        required = true,
        paramLabel = "USER",
        description = "Id of the user; the token may do what the groups of this user allow.")
    private String user = "";

    @Option(
        names = "--name",
        required = true,
        paramLabel = "NAME",
        description = "What the token is for, such as 'nightly pipeline'.")
    private String name = "";

    @Option(
        names = "--scope",
        required = true,
        split = ",",
        paramLabel = "SCOPE",
        description = {
          "read, verify (start and cancel runs) or decide (decide tasks).",
          "Repeat it, or separate several by commas."
        })
    private java.util.List<String> scopes = java.util.List.of();

    @Option(
        names = "--expires",
        paramLabel = "DURATION",
        description = "How long the token is valid, such as 12h or 30d; default 90d, at most 366d.")
    private @Nullable String expires;

    @Option(names = "--json", description = "Prints a JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Request request = new Request.CreateToken(wanted(), Main.invokingUser());
      return RequestCommand.run(parent.main, spec, request, Reply.TokenCreated.class, this::print);
    }

    private int print(Reply.TokenCreated created, PrintWriter out) {
      if (json) {
        out.println(EvidenceJson.write(new Printed(created.token(), created.secret())));
      } else {
        out.println(created.secret());
        spec.commandLine()
            .getErr()
            .println(
                "token "
                    + created.token().id()
                    + " of "
                    + created.token().user()
                    + " is valid until "
                    + ReportText.time(created.token().expiresAt())
                    + "; its secret cannot be shown again");
      }
      return Main.DONE;
    }

    private TokenRequest wanted() {
      Mistakes mistakes = new Mistakes();
      SortedSet<Scope> known = new TreeSet<>();
      for (String scope : scopes) {
        if (Scope.words().contains(scope.strip())) {
          known.add(Scope.of(scope.strip()));
        } else {
          mistakes.add(Mistakes.notAllowed("--scope", scope, String.join(", ", Scope.words())));
        }
      }
      Duration lifetime = TokenRequest.DEFAULT_LIFETIME;
      try {
        lifetime = expires == null ? lifetime : Durations.parse(expires);
      } catch (IllegalArgumentException e) {
        mistakes.add("--expires: " + e.getMessage());
      }
      mistakes.throwIfAny();
      return new TokenRequest(user, name, known, lifetime);
    }

    private record Printed(Token token, String secret) {}
  }

  @Command(
      name = "list",
      description = "Lists all tokens, the newest first; their secrets cannot be shown.",
      mixinStandardHelpOptions = true)
  static final class List implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private TokenCommand parent;

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      return list(parent.main, spec, json);
    }
  }

  @Command(
      name = "revoke",
      description = "Revokes a token; calls with it are refused at once.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @ParentCommand private TokenCommand parent;

    @Parameters(paramLabel = "ID", description = "Id of the token, see the command list.")
    private String id;

    @Override
    public Integer call() throws Exception {
      return RequestCommand.text(
          parent.main, spec, new Request.RevokeToken(id.strip(), Main.invokingUser()));
    }
  }
}
