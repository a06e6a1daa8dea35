package io.pgproof.web.page.token;

import io.pgproof.evidence.PersonIds;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.token.Token;
import io.pgproof.token.TokenRequest;
import io.pgproof.token.Tokens;
import io.pgproof.web.login.Person;
import io.pgproof.workflow.model.Groups;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Lists, creates and revokes tokens. A token is created only in the name of who is logged in. */
@Controller
@Profile("serve")
final class TokenController {
  /** How long the page lists a token that is no longer valid. */
  private static final Duration LISTED = Duration.ofDays(90);

  private final Tokens tokens;
  private final Clock clock;

  TokenController(Tokens tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /** A token that was just created; its secret is shown once. */
  record Shown(String name, String secret) {}

  /** Why a token was not created, and what to do instead. */
  record Refusal(List<String> lines, String hint) {}

  @GetMapping("/tokens")
  String list(@ModelAttribute("person") Person person, Model page) {
    return show(person, TokenForm.EMPTY, page);
  }

  private String show(Person person, TokenForm given, Model page) {
    Instant now = clock.instant();
    boolean all = seesAll(person);
    page.addAttribute("all", all);
    page.addAttribute("local", !PersonIds.isOfProvider(person.id()));
    page.addAttribute("given", given);
    page.addAttribute("longestName", TokenRequest.LONGEST_NAME);
    page.addAttribute("longestDays", TokenRequest.LONGEST_LIFETIME.toDays());
    page.addAttribute(
        "tokens",
        (all ? tokens.all() : tokens.of(person.id()))
            .stream()
                .filter(token -> ended(token).plus(LISTED).isAfter(now))
                .map(token -> TokenRow.of(token, now))
                .sorted(Comparator.comparing(token -> !token.valid()))
                .toList());
    return "tokens";
  }

  /** Returns when the token ended or will end. */
  private static Instant ended(Token token) {
    return token.revocation().map(Token.Act::at).orElse(token.expiresAt());
  }

  private static boolean seesAll(Person person) {
    return person.isIn(Groups.ADMINISTRATORS);
  }

  @PostMapping("/tokens")
  String create(
      @ModelAttribute("person") Person person,
      @RequestParam(name = "name", defaultValue = "") String name,
      @RequestParam(name = "scope", defaultValue = "") List<String> scopes,
      @RequestParam(name = "days", defaultValue = "") String days,
      Model page,
      HttpServletResponse response,
      RedirectAttributes next) {
    TokenForm given = new TokenForm(name, scopes, days);
    try {
      checkLocal(person);
      Tokens.Created created = tokens.create(given.read(person.id()), person.id());
      next.addFlashAttribute(
          "created", new Shown(created.token().name(), created.secret().reveal()));
      return "redirect:/tokens";
    } catch (UsageException e) {
      String hint = e.finding().hint();
      page.addAttribute(
          "refused",
          new Refusal(String.valueOf(e.getMessage()).lines().toList(), hint == null ? "" : hint));
      response.setStatus(HttpStatus.UNPROCESSABLE_ENTITY.value());
      return show(person, given, page);
    }
  }

  /** pgproof cannot ask a provider for the groups that a person has at the time of a call. */
  private static void checkLocal(Person person) {
    if (PersonIds.isOfProvider(person.id())) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "a token acts in the name of a local user, and you logged in at the OpenID provider",
          "ask an administrator to create a local user for the program in Admin");
    }
  }

  @PostMapping("/tokens/{id}/revoke")
  String revoke(
      @ModelAttribute("person") Person person,
      @PathVariable("id") String id,
      RedirectAttributes next) {
    Token token =
        tokens
            .find(id)
            .filter(known -> seesAll(person) || known.user().equals(person.id()))
            .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    next.addFlashAttribute(
        "done",
        tokens.revoke(token.id(), person.id()).isPresent()
            ? "Token " + token.name() + " is revoked."
            : "Token " + token.name() + " was revoked before.");
    return "redirect:/tokens";
  }
}
