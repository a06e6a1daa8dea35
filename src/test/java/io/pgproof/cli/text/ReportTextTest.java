package io.pgproof.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.proof.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportTextTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "none | none",
        "{'rpo': {'objectiveSeconds': 86400, 'actualSeconds': 48, 'met': true}, 'rto': null}"
            + " | RPO met: newest data 48 s old, objective 24 h",
        "{'rpo': {'objectiveSeconds': 60, 'actualSeconds': 61, 'met': false}, 'rto': null}"
            + " | RPO missed: newest data 1 min 1 s old, objective 1 min",
        "{'rpo': {'objectiveSeconds': 60, 'actualSeconds': null, 'met': null}, 'rto': null}"
            + " | RPO not measured, objective 1 min",
        "{'rpo': {'objectiveSeconds': 60, 'actualSeconds': 9, 'met': true},"
            + " 'rto': {'objectiveSeconds': 3600, 'actualSeconds': 3600, 'met': true}}"
            + " | RTO met: restored in 1 h, objective 1 h",
        "{'rpo': {'objectiveSeconds': 60, 'actualSeconds': 9, 'met': true},"
            + " 'rto': {'objectiveSeconds': 3600, 'actualSeconds': 7200, 'met': false}}"
            + " | RTO missed: restored in 2 h, objective 1 h"
      })
  void objectivesAreShownAsMetOrMissed(String objectives, String shown) throws IOException {
    ObjectNode report =
        (ObjectNode) JSON.readTree(Path.of("src/test/resources/golden/0.1.0/report.json").toFile());
    if (objectives != null) {
      report.set("objectives", JSON.readTree(objectives.replace('\'', '"')));
    }
    StringWriter text = new StringWriter();
    ReportText.print(
        EvidenceJson.read(report.toString(), Report.class), null, new PrintWriter(text));
    List<String> lines = text.toString().lines().map(String::strip).toList();
    if (shown == null) {
      assertThat(lines).noneMatch(line -> line.contains("RPO") || line.contains("RTO"));
    } else {
      assertThat(lines).anyMatch(line -> line.replaceFirst("objectives +", "").equals(shown));
    }
  }
}
