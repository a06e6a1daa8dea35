// What the pages do in a browser with scripts: times in the viewer's zone, and live progress.
// Every page works without it; then times are in UTC, and a reload shows the progress.
'use strict';

(() => {
  const QUIET_MILLIS = 15 * 60 * 1000;
  const SLOWEST_MILLIS = 10 * 1000;

  /** The text of each part of the page as the server sent it last. */
  const sources = new Map();

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

  /** Replaces the parts that have changed, so that focus and opened details stay elsewhere. */
  function replaceParts(main, fresh) {
    let changed = false;
    for (const part of fresh.querySelectorAll('[data-part]')) {
      const shown = main.querySelector(`[data-part="${part.dataset.part}"]`);
      const source = part.outerHTML;
      if (shown && sources.get(part.dataset.part) !== source) {
        localize(part);
        const open = [...shown.querySelectorAll('details[open][id]')].map((each) => each.id);
        shown.replaceWith(part);
        open.forEach((id) => document.getElementById(id)?.setAttribute('open', ''));
        changed = true;
      }
      sources.set(part.dataset.part, source);
    }
    return changed;
  }

  function announce(text) {
    const status = document.getElementById('status');
    if (status && text && status.textContent !== text) {
      status.textContent = text;
    }
  }

  /** Asks again and again for what has changed while the page's main part says where to ask. */
  function follow(main) {
    let lastChange = Date.now();
    let failures = 0;

    async function look() {
      if (!document.hidden) {
        try {
          const answer = await fetch(main.dataset.live, {headers: {Accept: 'text/html'}});
          if (answer.redirected || answer.status === 401 || answer.status === 403) {
            announce('Live updates ended: log in again and reload the page.');
            return;
          }
          if (!answer.ok) {
            throw new Error(String(answer.status));
          }
          failures = 0;
          const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
          const fresh = page.querySelector('main');
          if (replaceParts(main, fresh)) {
            lastChange = Date.now();
          }
          announce(fresh.dataset.said);
          if (!fresh.dataset.live) {
            delete main.dataset.live;
            return;
          }
          main.dataset.live = fresh.dataset.live;
          main.dataset.every = fresh.dataset.every;
        } catch (error) {
          failures += 1;
          announce('The server does not answer; trying again.');
        }
      }
      if (Date.now() - lastChange < QUIET_MILLIS) {
        const every = Number(main.dataset.every);
        setTimeout(look, Math.min(every * 2 ** failures, Math.max(every, SLOWEST_MILLIS)));
      }
    }

    setTimeout(look, Number(main.dataset.every));
  }

  const main = document.querySelector('main');
  for (const part of document.querySelectorAll('[data-part]')) {
    sources.set(part.dataset.part, part.outerHTML);
  }
  localize(document);
  const zone = document.getElementById('zone');
  if (zone) {
    zone.textContent = `Times are in ${Intl.DateTimeFormat().resolvedOptions().timeZone}; `
      + 'point at one to see it in UTC.';
  }
  if (main && main.dataset.live) {
    follow(main);
  }
})();
