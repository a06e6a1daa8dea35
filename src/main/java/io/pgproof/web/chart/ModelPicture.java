package io.pgproof.web.chart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The planes of a BPMN model as its diagrams place them, with the way that a run took: elements and
 * flows that it passed are drawn strong, where it stands stronger, and everything else faint.
 */
public final class ModelPicture {
  private static final int MARGIN = 8;
  private static final int LINE = 14;

  /** Width of a letter, roughly. */
  private static final double LETTER = 7.2;

  private static final double ARROW = 8;

  private final Map<String, Element> elements = new LinkedHashMap<>();
  private final Map<String, Element> planes = new LinkedHashMap<>();

  /** Ids of the sequence flows, by the ids of their source and target. */
  private final Map<String, String> flows = new HashMap<>();

  private ModelPicture(Document model) {
    NodeList all = model.getElementsByTagNameNS("*", "*");
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      if (element.getLocalName().equals("BPMNPlane")) {
        planes.put(element.getAttribute("bpmnElement"), element);
      } else if (element.hasAttribute("id") && !isDiagram(element)) {
        elements.put(element.getAttribute("id"), element);
        if (element.getLocalName().equals("sequenceFlow")) {
          flows.put(
              element.getAttribute("sourceRef") + " " + element.getAttribute("targetRef"),
              element.getAttribute("id"));
        }
      }
    }
  }

  private static boolean isDiagram(Element element) {
    return element.getNamespaceURI().endsWith("/DI") || element.getNamespaceURI().endsWith("/DC");
  }

  /**
   * Reads a model.
   *
   * @param bpmn closed afterwards
   */
  public static ModelPicture read(InputStream bpmn) {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
    try (bpmn) {
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      return new ModelPicture(factory.newDocumentBuilder().parse(bpmn));
    } catch (ParserConfigurationException | SAXException e) {
      throw new IllegalArgumentException("this is not a model", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Box(double x, double y, double width, double height) {
    double centerX() {
      return x + width / 2;
    }

    double centerY() {
      return y + height / 2;
    }

    static Box of(Element bounds) {
      return new Box(
          number(bounds, "x"),
          number(bounds, "y"),
          number(bounds, "width"),
          number(bounds, "height"));
    }
  }

  /**
   * A run entered an element.
   *
   * @param element the element's id
   * @param scope distinguishes the subprocess instance, or the process instance, in which it was
   * @param left whether the run has left it
   */
  public record Visit(String element, String scope, boolean left) {}

  /** Which elements and flows a run passed, and at which elements it stands. */
  private record Way(Set<String> passed, Set<String> active, Set<String> flows) {
    String state(Element element) {
      String id = element.getAttribute("id");
      return active.contains(id)
          ? "active"
          : passed.contains(id) || flows.contains(id) ? "passed" : "beside";
    }
  }

  private Way way(List<Visit> visits) {
    Set<String> passed = new HashSet<>();
    Set<String> active = new HashSet<>();
    Set<String> flows = new HashSet<>();
    for (int i = 0; i < visits.size(); i++) {
      Visit visit = visits.get(i);
      passed.add(visit.element());
      if (!visit.left()) {
        active.add(visit.element());
      }
      flowInto(visit, visits.subList(0, i)).ifPresent(flows::add);
    }
    return new Way(passed, active, flows);
  }

  /** Returns the flow from the latest visit in the same scope that has a flow to this element. */
  private Optional<String> flowInto(Visit visit, List<Visit> before) {
    for (int i = before.size() - 1; i >= 0; i--) {
      if (before.get(i).scope().equals(visit.scope())) {
        String flow = flows.get(before.get(i).element() + " " + visit.element());
        if (flow != null) {
          return Optional.of(flow);
        }
      }
    }
    return Optional.empty();
  }

  /** Returns the ids of the planes that a run entered, the top one first. */
  public List<String> planes(List<Visit> visits) {
    Set<String> passed = way(visits).passed();
    return planes.keySet().stream()
        .filter(plane -> plane.equals(planes.keySet().iterator().next()) || passed.contains(plane))
        .toList();
  }

  /** Returns the name of a plane, such as {@code Prove in a container}. */
  public String name(String plane) {
    return named(elements.get(plane));
  }

  /**
   * Draws a plane.
   *
   * @param visits what the run entered, in this order
   */
  public String draw(String plane, List<Visit> visits) {
    Element drawn = planes.get(plane);
    List<Element> shapes = shapes(drawn);
    Way way = way(visits);
    List<Box> boxes = new ArrayList<>();
    for (Element point : children(drawn, "waypoint")) {
      boxes.add(new Box(number(point, "x"), number(point, "y"), 0, 0));
    }
    for (Element bounds : children(drawn, "Bounds")) {
      boxes.add(Box.of(bounds));
    }
    double left = boxes.stream().mapToDouble(Box::x).min().orElse(0) - MARGIN;
    double top = boxes.stream().mapToDouble(Box::y).min().orElse(0) - MARGIN;
    double right = boxes.stream().mapToDouble(box -> box.x() + box.width()).max().orElse(0);
    double bottom = boxes.stream().mapToDouble(box -> box.y() + box.height()).max().orElse(0);
    Svg svg =
        new Svg(
            "model",
            (int) Math.ceil(right - left + MARGIN),
            (int) Math.ceil(bottom - top + MARGIN),
            false,
            name(plane),
            describe(shapes, way));
    svg.open("g", "transform", "translate(" + Svg.number(-left) + " " + Svg.number(-top) + ")");
    // What was passed lies above what was not.
    for (String state : List.of("beside", "passed")) {
      for (Element edge : children(drawn, "BPMNEdge")) {
        drawFlow(svg, edge, way, state);
      }
    }
    for (Element shape : shapes) {
      drawShape(svg, shape, way);
    }
    return svg.close().end();
  }

  private String describe(List<Element> shapes, Way way) {
    String passed = names(shapes, way, "passed");
    String active = names(shapes, way, "active");
    return (passed.isEmpty() ? "nothing passed" : "passed " + passed)
        + (active.isEmpty() ? "" : "; now at " + active);
  }

  private String names(List<Element> shapes, Way way, String state) {
    return shapes.stream()
        .map(shape -> elements.get(shape.getAttribute("bpmnElement")))
        .filter(element -> way.state(element).equals(state))
        .map(ModelPicture::named)
        .filter(name -> !name.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private void drawFlow(Svg svg, Element edge, Way way, String state) {
    Element flow = elements.get(edge.getAttribute("bpmnElement"));
    if (!way.state(flow).equals(state)) {
      return;
    }
    List<Element> points = children(edge, "waypoint");
    StringBuilder line = new StringBuilder();
    for (Element point : points) {
      line.append(line.isEmpty() ? "M" : "L")
          .append(Svg.number(number(point, "x")))
          .append(' ')
          .append(Svg.number(number(point, "y")));
    }
    svg.empty("path", "class", "flow " + state, "fill", "none", "stroke", ink(state), "d", line);
    if (flow.getLocalName().equals("sequenceFlow") && points.size() > 1) {
      drawArrow(svg, points.get(points.size() - 2), points.get(points.size() - 1), state);
    }
    String name = named(flow);
    List<Element> label = children(edge, "Bounds");
    if (!name.isEmpty() && !label.isEmpty()) {
      drawText(svg, name, Box.of(label.get(0)), state);
    }
  }

  /** Draws the head of an arrow; a marker would need an id. */
  private static void drawArrow(Svg svg, Element before, Element end, String state) {
    double x = number(end, "x");
    double y = number(end, "y");
    double angle = Math.atan2(y - number(before, "y"), x - number(before, "x"));
    StringBuilder head = new StringBuilder("M" + Svg.number(x) + " " + Svg.number(y));
    for (double side : new double[] {0.4, -0.4}) {
      head.append('L')
          .append(Svg.number(x - ARROW * Math.cos(angle + side)))
          .append(' ')
          .append(Svg.number(y - ARROW * Math.sin(angle + side)));
    }
    svg.empty("path", "class", "head " + state, "fill", ink(state), "d", head + "z");
  }

  private void drawShape(Svg svg, Element shape, Way way) {
    Element element = elements.get(shape.getAttribute("bpmnElement"));
    String state = way.state(element);
    String type = element.getLocalName();
    List<Element> bounds = children(shape, "Bounds");
    Box box = Box.of(bounds.get(0));
    if (type.endsWith("Event")) {
      drawEvent(svg, type, box, state);
    } else if (type.endsWith("Gateway")) {
      drawGateway(svg, box, state);
    } else {
      boolean open = type.equals("subProcess") && shape.getAttribute("isExpanded").equals("true");
      drawActivity(svg, box, state, open);
      if (open) {
        drawText(svg, named(element), new Box(box.x(), box.y() + 4, box.width(), LINE), state);
      } else {
        drawText(svg, named(element), box, state);
      }
      if (type.equals("subProcess") && !open) {
        drawMore(svg, box, state);
      }
      return;
    }
    if (bounds.size() > 1) {
      drawText(svg, named(element), Box.of(bounds.get(1)), state);
    }
  }

  private static void drawEvent(Svg svg, String type, Box box, String state) {
    double radius = box.width() / 2;
    circle(
        svg, box, radius, type.equals("endEvent") ? "node end " + state : "node " + state, state);
    if (type.equals("boundaryEvent") || type.startsWith("intermediate")) {
      circle(svg, box, radius - 4, "node " + state, state);
    }
  }

  private static void circle(Svg svg, Box box, double radius, String type, String state) {
    svg.empty(
        "circle",
        "class",
        type,
        "fill",
        "#ffffff",
        "stroke",
        ink(state),
        "cx",
        box.centerX(),
        "cy",
        box.centerY(),
        "r",
        radius);
  }

  private static void drawGateway(Svg svg, Box box, String state) {
    String diamond =
        "M"
            + Svg.number(box.centerX())
            + " "
            + Svg.number(box.y())
            + "l"
            + half(box.width(), box.height())
            + "l-"
            + half(box.width(), box.height())
            + "l-"
            + half(box.width(), -box.height())
            + "z";
    svg.empty(
        "path", "class", "node " + state, "fill", "#ffffff", "stroke", ink(state), "d", diamond);
    String cross =
        "M"
            + Svg.number(box.centerX() - 7)
            + " "
            + Svg.number(box.centerY() - 7)
            + "l14 14m0-14l-14 14";
    svg.empty("path", "class", "flow " + state, "fill", "none", "stroke", ink(state), "d", cross);
  }

  private static String half(double x, double y) {
    return Svg.number(x / 2) + " " + Svg.number(y / 2);
  }

  private static void drawActivity(Svg svg, Box box, String state, boolean open) {
    svg.empty(
        "rect",
        "class",
        "node " + (open ? "scope " : "") + state,
        "fill",
        open ? "none" : "#ffffff",
        "stroke",
        ink(state),
        "x",
        box.x(),
        "y",
        box.y(),
        "width",
        box.width(),
        "height",
        box.height(),
        "rx",
        8);
  }

  /** Draws the sign of a subprocess that has a plane of its own. */
  private static void drawMore(Svg svg, Box box, String state) {
    double x = box.centerX() - 6;
    double y = box.y() + box.height() - 16;
    String sign = "M" + Svg.number(x) + " " + Svg.number(y) + "h12v12h-12zm6 3v6m-3-3h6";
    svg.empty("path", "class", "flow " + state, "fill", "none", "stroke", ink(state), "d", sign);
  }

  private static void drawText(Svg svg, String text, Box box, String state) {
    List<String> lines = wrapped(text, (int) (Math.max(box.width(), 70) / LETTER));
    double y = box.centerY() - (lines.size() - 1) * LINE / 2.0 + 4;
    for (String line : lines) {
      svg.line(
          "text",
          line,
          "class",
          state,
          "fill",
          ink(state),
          "x",
          box.centerX(),
          "y",
          y,
          "text-anchor",
          "middle");
      y += LINE;
    }
  }

  static List<String> wrapped(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static String ink(String state) {
    return (state.equals("beside") ? Hue.NONE : Hue.INK).paper();
  }

  private static String named(Element element) {
    return element.getAttribute("name").strip();
  }

  private static List<Element> shapes(Element plane) {
    return children(plane, "BPMNShape");
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    NodeList all = parent.getElementsByTagNameNS("*", name);
    for (int i = 0; i < all.getLength(); i++) {
      Node node = all.item(i);
      found.add((Element) node);
    }
    return found;
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }
}
