package io.pgproof.web.api.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The contract of the API with all references followed, and whether an answer keeps it. */
final class Contract {
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

  private final JsonNode document;

  private Contract(JsonNode document) {
    this.document = document;
  }

  static Contract read() {
    try (InputStream in = Contract.class.getResourceAsStream("/api/openapi.yaml")) {
      Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      return new Contract(new ObjectMapper().valueToTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the operations by method and path, such as {@code GET /runs/{run}}. */
  Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new LinkedHashMap<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                METHODS.stream()
                    .filter(path.getValue()::has)
                    .forEach(
                        method ->
                            operations.put(
                                method.toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                inlined(path.getValue().get(method)))));
    return operations;
  }

  JsonNode schema(String name) {
    return inlined(document.at("/components/schemas/" + name));
  }

  JsonNode description() {
    return document;
  }

  private JsonNode inlined(JsonNode node) {
    if (node.has("$ref")) {
      return inlined(document.at(node.get("$ref").asText().substring(1)));
    }
    if (node instanceof ObjectNode object) {
      ObjectNode copy = object.objectNode();
      object.properties().forEach(member -> copy.set(member.getKey(), inlined(member.getValue())));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(item -> copy.add(inlined(item)));
      return copy;
    }
    return node;
  }

  /**
   * Returns what is wrong with an answer; empty if it keeps the contract. Members that the contract
   * does not name are wrong, too.
   *
   * @param path without the query
   * @param body missing if the answer has none
   */
  List<String> mistakes(String method, String path, int status, String type, JsonNode body) {
    JsonNode operation =
        operations().entrySet().stream()
            .filter(known -> known.getKey().startsWith(method + " "))
            .filter(known -> matches(known.getKey().substring(method.length() + 1), path))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
    if (operation == null) {
      return List.of("the contract has no " + method + " " + path);
    }
    JsonNode answer = operation.get("responses").get(String.valueOf(status));
    if (answer == null) {
      return List.of(method + " " + path + " answers " + status + ", which the contract has not");
    }
    if (!answer.has("content")) {
      return body.isMissingNode() ? List.of() : List.of("a body, which the contract has not");
    }
    JsonNode content = answer.get("content").get(type);
    if (content == null) {
      return List.of("the body is " + type + ", which the contract has not");
    }
    return SCHEMAS
        .getSchema(closed(content.get("schema"), true))
        .validate(
            body,
            execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .stream()
        .map(Error::toString)
        .toList();
  }

  private static boolean matches(String template, String path) {
    return path.matches(template.replaceAll("\\{[a-z]+}", "[^/]+"));
  }

  /**
   * Forbids the members that a schema does not name.
   *
   * @param outermost whether no other schema adds members to the same object
   */
  private static JsonNode closed(JsonNode schema, boolean outermost) {
    if (schema instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(item -> copy.add(closed(item, outermost)));
      return copy;
    }
    if (!(schema instanceof ObjectNode object)) {
      return schema;
    }
    ObjectNode copy = object.objectNode();
    object
        .properties()
        .forEach(
            member ->
                copy.set(
                    member.getKey(),
                    switch (member.getKey()) {
                      case "allOf" -> closed(member.getValue(), false);
                      case "properties" -> {
                        ObjectNode properties = object.objectNode();
                        member
                            .getValue()
                            .properties()
                            .forEach(
                                property ->
                                    properties.set(
                                        property.getKey(), closed(property.getValue(), true)));
                        yield properties;
                      }
                      case "items", "anyOf" -> closed(member.getValue(), true);
                      default -> member.getValue();
                    }));
    if (outermost && (object.has("properties") || object.has("allOf"))) {
      copy.put("unevaluatedProperties", false);
    }
    return copy;
  }

  /** Returns the properties of an object schema, those of its parts included. */
  static Map<String, JsonNode> properties(JsonNode schema) {
    Map<String, JsonNode> properties = new LinkedHashMap<>();
    schema.path("allOf").forEach(part -> properties.putAll(properties(part)));
    schema
        .path("properties")
        .properties()
        .forEach(property -> properties.put(property.getKey(), property.getValue()));
    return properties;
  }

  /** Returns the names of the properties that an object must have. */
  static List<String> required(JsonNode schema) {
    return Stream.concat(
            stream(schema.path("allOf")).flatMap(part -> required(part).stream()),
            texts(schema.path("required")).stream())
        .toList();
  }

  static List<String> texts(JsonNode array) {
    return stream(array).filter(JsonNode::isTextual).map(JsonNode::asText).toList();
  }

  static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
