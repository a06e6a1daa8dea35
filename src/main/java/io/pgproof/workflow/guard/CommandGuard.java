package io.pgproof.workflow.guard;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.workflow.model.VerifyBackup;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.impl.cmd.CompleteTaskCmd;
import org.camunda.bpm.engine.impl.cmd.SetJobRetriesCmd;
import org.camunda.bpm.engine.impl.cmd.SubmitTaskFormCmd;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.variable.VariableMap;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.value.SerializableValue;
import org.camunda.bpm.engine.variable.value.TypedValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Refuses what a person sends to the engine unless {@link AllowedCommands} lists it.
 *
 * <p>A command comes from a person when somebody is authenticated. The job executor and the program
 * itself are not authenticated. A command within another one belongs to the outer one, which was
 * allowed.
 */
final class CommandGuard extends CommandInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(CommandGuard.class);

  private final Supplier<IdentityService> identities;
  private final ObjectProvider<BoundedRecorder> recorder;

  /**
   * @param identities resolved late, because the engine is being created
   */
  CommandGuard(Supplier<IdentityService> identities, ObjectProvider<BoundedRecorder> recorder) {
    this.identities = identities;
    this.recorder = recorder;
  }

  @Override
  public <T> T execute(Command<T> command) {
    if (Context.getCommandContext() == null) {
      Authentication person = identities.get().getCurrentAuthentication();
      if (person != null) {
        refusal(command)
            .ifPresent(
                why -> {
                  refused(command, person.getUserId(), why.lines().findFirst().orElse(""));
                  throw new BadUserRequestException(why);
                });
      }
    }
    return next.execute(command);
  }

  private void refused(Command<?> command, String person, String why) {
    LOG.warn("refused {} of {}: {}", command.getClass().getName(), person, why);
    recorder.ifAvailable(
        all ->
            all.refused(
                person,
                new ServerEvent.RequestRefused(
                    "the engine's command " + command.getClass().getSimpleName(), why)));
  }

  private static Optional<String> refusal(Command<?> command) {
    if (!AllowedCommands.contains(command)) {
      return Optional.of(
          "pgproof does not allow anyone to do this by hand ("
              + command.getClass().getSimpleName()
              + "): a run follows its own process, and a task ends with a decision\n"
              + "HINT: retry, suspend, activate or delete the run, decide in its task, or verify again");
    } else if (command instanceof CompleteTaskCmd) {
      return strangeAnswer(field(command, "variables"));
    } else if (command instanceof SubmitTaskFormCmd) {
      return strangeAnswer(field(command, "properties"));
    } else if (command instanceof SetJobRetriesCmd
        && !Boolean.FALSE.equals(field(command, "isDueDateSet"))) {
      return Optional.of(
          "pgproof does not allow anyone to move a due date: a retry keeps the due date of the job\n"
              + "HINT: leave out the due date; the job is retried at once if it is due");
    }
    return Optional.empty();
  }

  /**
   * Returns why the answers are refused. Answers become variables of the run, so only those that
   * the form asks for are accepted, and only as text.
   */
  @SuppressWarnings("unchecked")
  private static Optional<String> strangeAnswer(Object answers) {
    VariableMap variables = Variables.fromMap((Map<String, Object>) answers);
    return variables == null
        ? Optional.empty()
        : variables.keySet().stream()
            .sorted()
            .filter(
                name ->
                    !VerifyBackup.ANSWERS.contains(name) || !isText(variables.getValueTyped(name)))
            .findFirst()
            .map(
                name ->
                    "'"
                        + name
                        + "' is not an answer of the task's form: only "
                        + VerifyBackup.ANSWERS.stream().sorted().toList()
                        + " are accepted, each as text\n"
                        + "HINT: complete the task with its form in Tasklist");
  }

  private static boolean isText(TypedValue value) {
    return !(value instanceof SerializableValue)
        && (value.getValue() == null || value.getValue() instanceof String);
  }

  /**
   * Reads a field that the engine gives no access to; in an engine where the field has another
   * name, the command fails.
   */
  private static Object field(Object command, String name) {
    try {
      Field field = command.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(command);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this version of the engine has no field '"
              + name
              + "' in "
              + command.getClass().getName(),
          e);
    }
  }
}
