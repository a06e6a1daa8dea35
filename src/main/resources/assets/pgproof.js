// What the pages do in a browser with scripts: times in the viewer's zone, and live progress.
// Every page works without it; then times are in UTC, and a reload shows the progress.
// Cockpit and Tasklist use it for the panels that they show of pgproof, see panels.js.

const QUIET_MILLIS = 15 * 60 * 1000;
const SLOWEST_MILLIS = 10 * 1000;

const two = (number) => String(number).padStart(2, '0');

function zoneOf(date) {
  const part = new Intl.DateTimeFormat(undefined, {timeZoneName: 'short'})
    .formatToParts(date)
    .find((each) => each.type === 'timeZoneName');
  return part ? part.value : '';
}

function local(date) {
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time} ${zoneOf(date)}`;
}

/** Shows each time in the viewer's zone; the time in UTC becomes its title. */
function localize(root) {
  for (const time of root.querySelectorAll('time[datetime]')) {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime()) && !time.title) {
      time.title = time.dataset.utc || time.textContent;
      if (!time.dataset.utc) {
        time.textContent = local(date);
      }
    }
  }
}

/**
 * Replaces the parts that have changed, so that focus and opened details stay elsewhere.
 *
 * @param sources the text of each part as the server sent it last
 */
function replaceParts(root, fresh, sources) {
  let changed = false;
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const shown = root.querySelector(`[data-part="${part.dataset.part}"]`);
    const source = part.outerHTML;
    if (shown && sources.get(part.dataset.part) !== source) {
      localize(part);
      const open = [...shown.querySelectorAll('details[open][id]')].map((each) => each.id);
      shown.replaceWith(part);
      open.forEach((id) => root.querySelector(`#${id}`)?.setAttribute('open', ''));
      changed = true;
    }
    sources.set(part.dataset.part, source);
  }
  return changed;
}

/** Asks again and again for what has changed while the server says where to ask. */
function follow(root, sources, announce, closed) {
  let lastChange = Date.now();
  let failures = 0;

  async function look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(root.dataset.live, {headers: {Accept: 'text/html'}, signal: closed});
        if (answer.redirected || answer.status === 401 || answer.status === 403) {
          announce('Live updates ended: log in again and reload the page.', true);
          return;
        }
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        failures = 0;
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const fresh = page.querySelector('main');
        if (closed?.aborted) {
          return;
        }
        if (replaceParts(root, fresh, sources)) {
          lastChange = Date.now();
        }
        announce(fresh.dataset.said, false);
        if (!fresh.dataset.live) {
          delete root.dataset.live;
          return;
        }
        root.dataset.live = fresh.dataset.live;
        root.dataset.every = fresh.dataset.every;
      } catch (error) {
        if (closed?.aborted) {
          return;
        }
        failures += 1;
        announce('The server does not answer; trying again.', true);
      }
    }
    if (!closed?.aborted && Date.now() - lastChange < QUIET_MILLIS) {
      const every = Number(root.dataset.every);
      setTimeout(look, Math.min(every * 2 ** failures, Math.max(every, SLOWEST_MILLIS)));
    }
  }

  setTimeout(look, Number(root.dataset.every));
}

/**
 * Shows times in the viewer's zone, and keeps the parts of an element up to date if the server says
 * that they will change.
 *
 * @param announce receives what a screen reader says, and whether it is a fault
 * @param closed a signal that ends the updates; none if they end with the page
 */
export function enliven(root, announce, closed) {
  const sources = new Map();
  for (const part of root.querySelectorAll('[data-part]')) {
    sources.set(part.dataset.part, part.outerHTML);
  }
  localize(root);
  if (root.dataset.live) {
    follow(root, sources, announce, closed);
  }
}

/** Only the frame of pgproof's own pages has it. */
const zone = document.getElementById('zone');
const status = document.getElementById('status');
const main = document.querySelector('main');
if (zone && status && main) {
  enliven(main, (text) => {
    if (text && status.textContent !== text) {
      status.textContent = text;
    }
  });
  zone.textContent = `Times are in ${Intl.DateTimeFormat().resolvedOptions().timeZone}; `
    + 'point at one to see it in UTC.';
}
