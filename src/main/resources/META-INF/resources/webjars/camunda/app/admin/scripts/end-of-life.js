const facts = `
  <p>Camunda 7.24.0, the process engine, and Spring Boot 3.5.16 are the last releases of their lines. Neither gets fixes
  any more, not even security fixes.</p>
  <p>pgproof closes two holes of Camunda 7.24.0 itself: CVE-2026-109432 (code in task queries) and CVE-2026-77226
  (first-run setup without a log-in).</p>
  <p>Two forks of Camunda 7 continue: Operaton and CIB seven. Until pgproof moves to one, keep these pages off open
  networks, and update pgproof when it has a new version.</p>`;

export default {
  id: 'pgproof-end-of-life',
  pluginPoint: 'admin.dashboard.section',
  priority: -10,
  properties: {label: 'End of life'},
  render: node => {
    node.innerHTML = facts;
  }
};
