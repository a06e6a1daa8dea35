// pgproof's panels in Cockpit and Tasklist. The server writes each panel as it writes pgproof's own
// pages, for the person who is logged in; a shadow root keeps Camunda's styles and these apart.
import {enliven} from '../../assets/pgproof.js';

const FAULTS = {
  401: 'You are logged out. Reload the page to log in again.',
  403: 'You are in no group that may see this.',
  404: 'This is no longer there.'
};

function say(shadow, text) {
  const line = document.createElement('p');
  line.setAttribute('role', 'status');
  line.textContent = text;
  shadow.replaceChildren(line);
}

async function load(address, closed) {
  const answer = await fetch(address, {headers: {Accept: 'text/html'}, signal: closed});
  const status = answer.redirected ? 401 : answer.status;
  if (status !== 200) {
    throw new Error(FAULTS[status] || `The server answered with status ${status}. Reload the page to try again.`);
  }
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

async function show(shadow, address, closed) {
  say(shadow, 'Loading…');
  let page;
  try {
    page = await load(address, closed).finally(() => nameSection(shadow.host));
  } catch (error) {
    if (!closed.aborted) {
      say(shadow, error instanceof TypeError ? 'The server does not answer. Reload the page to try again.' : error.message);
    }
    return;
  }
  const panel = page.querySelector('.panel');
  const status = page.querySelector('[role=status]');
  const style = page.querySelector('link[rel=stylesheet]');
  // Nobody sees it without its style.
  panel.hidden = true;
  style.onload = style.onerror = () => {
    panel.hidden = false;
  };
  shadow.replaceChildren(style, status, panel);
  enliven(
    panel,
    (text, fault) => {
      status.classList.toggle('hidden', !fault);
      if (text && status.textContent !== text) {
        status.textContent = text;
      }
    },
    closed
  );
}

/** Camunda's dashboard calls the section of all plugins "Custom Plugins"; it has only this one. */
function nameSection(host) {
  const title = host.closest('.dashboard .deprecate')?.querySelector('.section-title');
  if (title) {
    title.textContent = 'Backups';
  }
}

/** A plugin of Camunda's; it is shown at one place at a time. */
function plugin(id, pluginPoint, priority, label, addressOf) {
  const shown = [];
  return {
    id,
    pluginPoint,
    priority,
    properties: {label},
    render(node, given) {
      node.className = 'pgproof';
      const closing = new AbortController();
      shown.push(closing);
      show(node.attachShadow({mode: 'open'}), addressOf(given), closing.signal);
    },
    unmount() {
      shown.shift()?.abort();
    }
  };
}

const path = (kind, id) => `/panels/${kind}/${encodeURIComponent(id)}`;

export default [
  plugin('pgproof-targets', 'cockpit.dashboard', 0, 'Backups', () => '/panels/targets'),
  plugin('pgproof-run', 'cockpit.processInstance.runtime.tab', 18, 'Evidence', (given) =>
    path('instances', given.processInstanceId)
  ),
  plugin('pgproof-runs', 'cockpit.processDefinition.runtime.tab', 8, 'Verified Backups', (given) =>
    path('definitions', given.processDefinitionId)
  ),
  plugin('pgproof-task', 'tasklist.task.detail', 900, 'Evidence', (given) => path('tasks', given.taskId))
];
