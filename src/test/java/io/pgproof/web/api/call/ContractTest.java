package io.pgproof.web.api.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgproof.proof.Verdict;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.ProblemType;
import io.pgproof.web.api.RequiresScope;
import java.io.IOException;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.ValueConstants;

/** The contract and the code name the same calls, parameters and members. */
class ContractTest {
  private static final Contract CONTRACT = Contract.read();
  private static final Map<String, Method> METHODS = methods();

  private static Map<String, Method> methods() {
    StandardEnvironment served = new StandardEnvironment();
    served.setActiveProfiles("serve");
    var controllers = new ClassPathScanningCandidateComponentProvider(false, served);
    controllers.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
    Map<String, Method> methods = new TreeMap<>();
    controllers
        .findCandidateComponents(ContractTest.class.getPackageName())
        .forEach(
            controller -> {
              try {
                for (Method method :
                    Class.forName(controller.getBeanClassName()).getDeclaredMethods()) {
                  RequestMapping mapping =
                      AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
                  if (mapping != null) {
                    methods.put(
                        mapping.method()[0]
                            + " "
                            + mapping.path()[0].substring(ApiPaths.V1.length()),
                        method);
                  }
                }
              } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
              }
            });
    return methods;
  }

  static Set<String> calls() {
    return METHODS.keySet();
  }

  private static JsonNode operation(String call) {
    return CONTRACT.operations().get(call);
  }

  @Test
  void bothHaveTheSameCalls() {
    assertThat(METHODS.keySet()).isEqualTo(new TreeSet<>(CONTRACT.operations().keySet()));
    assertThat(METHODS).hasSizeGreaterThan(8);
    assertThat(CONTRACT.description().at("/servers/0/url").asText()).isEqualTo(ApiPaths.V1);
  }

  @ParameterizedTest
  @MethodSource("calls")
  void bothNameTheSameScope(String call) {
    Scope scope = METHODS.get(call).getAnnotation(RequiresScope.class).value();
    assertThat(operation(call).get("x-scope").asText()).isEqualTo(scope.word());
    assertThat(CONTRACT.description().at("/components/securitySchemes/token/description").asText())
        .contains("`" + scope.word() + "`");
  }

  @ParameterizedTest
  @MethodSource("calls")
  void bothHaveTheSameParameters(String call) {
    Map<String, String> named = new TreeMap<>();
    operation(call)
        .path("parameters")
        .forEach(
            parameter ->
                named.put(
                    parameter.get("in").asText() + " " + parameter.get("name").asText(),
                    parameter.path("required").asBoolean()
                        ? "required"
                        : "default " + parameter.at("/schema/default").asText()));
    Map<String, String> read = new TreeMap<>();
    for (var parameter : METHODS.get(call).getParameters()) {
      PathVariable path = parameter.getAnnotation(PathVariable.class);
      RequestParam query = parameter.getAnnotation(RequestParam.class);
      RequestHeader header = parameter.getAnnotation(RequestHeader.class);
      if (path != null) {
        read.put("path " + path.value(), "required");
      } else if (query != null) {
        String name = query.value().isEmpty() ? query.name() : query.value();
        read.put("query " + name, "default " + withoutMark(query.defaultValue()));
      } else if (header != null) {
        read.put("header " + header.value(), "default " + withoutMark(header.defaultValue()));
      }
    }
    assertThat(read).isEqualTo(named);
  }

  private static String withoutMark(String value) {
    return value.equals(ValueConstants.DEFAULT_NONE) ? "" : value;
  }

  @ParameterizedTest
  @MethodSource("calls")
  void bothHaveTheSameBody(String call) {
    Set<String> read =
        Arrays.stream(METHODS.get(call).getParameters())
            .filter(parameter -> parameter.isAnnotationPresent(RequestBody.class))
            .flatMap(parameter -> Arrays.stream(parameter.getType().getRecordComponents()))
            .map(RecordComponent::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    JsonNode schema = operation(call).at("/requestBody/content/application~1json/schema");
    assertThat(read).isEqualTo(new TreeSet<>(Contract.properties(schema).keySet()));
    if (!read.isEmpty()) {
      assertThat(schema.get("additionalProperties").asBoolean(true)).isFalse();
      assertThat(operation(call).at("/requestBody/required").asBoolean()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("calls")
  void bothAnswerWithTheSameMembers(String call) {
    Map<String, JsonNode> successes = new LinkedHashMap<>();
    operation(call)
        .get("responses")
        .properties()
        .forEach(
            answer -> {
              if (answer.getKey().startsWith("2")) {
                successes.put(answer.getKey(), answer.getValue());
              }
            });
    assertThat(successes).hasSize(1);
    Method method = METHODS.get(call);
    ResponseStatus status = method.getAnnotation(ResponseStatus.class);
    Type returned = method.getGenericReturnType();
    if (returned instanceof ParameterizedType type && type.getRawType() == ResponseEntity.class) {
      returned = type.getActualTypeArguments()[0];
    } else {
      assertThat(successes)
          .containsOnlyKeys(status == null ? "200" : String.valueOf(status.value().value()));
    }
    JsonNode schema = successes.values().iterator().next().at("/content/application~1json/schema");
    if (returned == void.class) {
      assertThat(schema.isMissingNode()).isTrue();
    } else {
      assertSame(call, returned, Map.of(), schema);
    }
  }

  /** Compares a type with a schema, in both directions. */
  private static void assertSame(
      String where, Type type, Map<TypeVariable<?>, Type> arguments, JsonNode schema) {
    if (type instanceof TypeVariable<?> variable) {
      assertSame(where, arguments.get(variable), Map.of(), schema);
    } else if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      assertThat(types(schema)).as(where).containsExactly("array");
      assertSame(where + "[]", generic.getActualTypeArguments()[0], arguments, schema.get("items"));
    } else if (type instanceof ParameterizedType generic) {
      Class<?> raw = (Class<?>) generic.getRawType();
      assertRecord(
          where,
          raw,
          Map.of(raw.getTypeParameters()[0], generic.getActualTypeArguments()[0]),
          schema);
    } else if (type instanceof Class<?> plain && plain.isRecord()) {
      assertRecord(where, plain, Map.of(), schema);
    } else {
      String expected =
          type == boolean.class
              ? "boolean"
              : Stream.of(int.class, long.class, Long.class).anyMatch(type::equals)
                  ? "integer"
                  : "string";
      assertThat(types(schema)).as(where).contains(expected);
      assertThat(schema.path("format").asText())
          .as(where)
          .isEqualTo(type == Instant.class ? "date-time" : type == LocalDate.class ? "date" : "");
      if (type == Verdict.class) {
        assertThat(schema.toString()).as(where).contains("\"enum\"");
      }
    }
  }

  private static void assertRecord(
      String where, Class<?> type, Map<TypeVariable<?>, Type> arguments, JsonNode schema) {
    List<RecordComponent> members = members(type);
    Map<String, JsonNode> properties = Contract.properties(schema);
    List<String> names = members.stream().map(RecordComponent::getName).toList();
    assertThat(names).as(where).containsExactlyElementsOf(properties.keySet());
    assertThat(Contract.required(schema)).as(where).containsExactlyElementsOf(names);
    for (RecordComponent member : members) {
      String place = where + "." + member.getName();
      JsonNode property = properties.get(member.getName());
      assertThat(types(property).contains("null"))
          .as(place + " may be null")
          .isEqualTo(isNullable(member.getAnnotatedType()));
      if (member.getAccessor().isAnnotationPresent(JsonRawValue.class)) {
        assertThat(types(property)).as(place).contains("object");
      } else {
        assertSame(place, member.getGenericType(), arguments, property);
      }
    }
  }

  private static boolean isNullable(AnnotatedType type) {
    return !(type instanceof AnnotatedParameterizedType)
        && type.isAnnotationPresent(Nullable.class);
  }

  /** Returns what a record is written as, with the members of those that stand beside others. */
  private static List<RecordComponent> members(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .flatMap(
            member ->
                member.getAccessor().isAnnotationPresent(JsonUnwrapped.class)
                    ? members(member.getType()).stream()
                    : Stream.of(member))
        .toList();
  }

  private static List<String> types(JsonNode schema) {
    if (schema.has("anyOf")) {
      return Contract.stream(schema.get("anyOf")).flatMap(one -> types(one).stream()).toList();
    }
    if (schema.has("allOf")) {
      return List.of("object");
    }
    JsonNode type = schema.get("type");
    return type.isArray() ? Contract.texts(type) : List.of(type.asText());
  }

  @Test
  void theDocumentationListsTheCallsAndTheProblems() throws IOException {
    String page = Files.readString(Path.of("docs/api.md"));
    assertThat(page)
        .contains(
            CONTRACT.operations().entrySet().stream()
                .map(
                    call ->
                        "| `%s` | `%s` | %s |\n"
                            .formatted(
                                call.getKey(),
                                call.getValue().get("x-scope").asText(),
                                call.getValue().get("summary").asText()))
                .collect(Collectors.joining("", "|---|---|---|\n", "\n")))
        .contains(
            Arrays.stream(ProblemType.values())
                .map(
                    type ->
                        "| `%s` | %d | %s |\n"
                            .formatted(type.uri(), type.status().value(), type.title()))
                .collect(Collectors.joining("", "|---|---|---|\n", "\n")));
  }

  @Test
  void bothHaveTheSameVerdicts() {
    assertThat(Contract.texts(CONTRACT.schema("Verdict").get("enum")))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Verdict.values()).map(Verdict::word).toList());
  }

  @ParameterizedTest
  @MethodSource("calls")
  void everyCallMayFail(String call) {
    assertThat(operation(call).get("responses").fieldNames())
        .toIterable()
        .contains("400", "401", "403", "429");
  }

  /** A check that finds nothing proves nothing. */
  @ParameterizedTest
  @CsvSource({
    "GET, /targets/shop, 200, name, null, null found",
    "GET, /targets/shop, 200, watch, \"yes\", boolean expected",
    "GET, /targets/shop, 200, lastVerdict, \"good\", enumeration",
    "GET, /targets/shop, 200, nextDueAt, \"soon\", date-time",
    "GET, /targets/shop, 200, more, 1, more",
    "GET, /targets/shop, 418, name, \"shop\", which the contract has not",
    "GET, /target/shop, 200, name, \"shop\", the contract has no GET",
    "POST, /targets/shop, 200, name, \"shop\", the contract has no POST"
  })
  void aWrongAnswerIsNoticed(
      String method, String path, int status, String member, String value, String said)
      throws Exception {
    ObjectMapper json = new ObjectMapper();
    ObjectNode target =
        json.valueToTree(
            new TargetJson("shop", "/backups", null, null, false, null, null, null, null, null, 0));
    assertThat(CONTRACT.mistakes("GET", "/targets/shop", 200, "application/json", target))
        .isEmpty();
    target.set(member, json.readTree(value));
    assertThat(CONTRACT.mistakes(method, path, status, "application/json", target))
        .anyMatch(mistake -> mistake.contains(said));
    target.remove("openTasks");
    assertThat(CONTRACT.mistakes("GET", "/targets/shop", 200, "application/json", target))
        .anyMatch(mistake -> mistake.contains("openTasks"));
  }
}
