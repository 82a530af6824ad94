/* The CORS check: what Cisco's public Quick Check does, for several addresses at once, and why. It
 * wants nothing of Finesse but OpenSocial's preferences and height. */
(function () {
  'use strict';

  const KEPT = 'cuicsim.corscheck.urls';
  const prefs = new gadgets.Prefs();
  const place = (id) => document.getElementById(id);
  let round = 0; // the checks of an earlier one are over

  function element(name, className, ...content) {
    const made = document.createElement(name);
    if (className)
      made.className = className;
    made.append(...content);
    return made;
  }

  /* ---- which addresses ---- */

  /** Where the lab's sites are: [{node, title, url}]; none on a real Finesse. */
  async function usual() {
    try {
      const answer = await fetch('/desktop/sim/places', {cache: 'no-store'});
      return answer.ok ? (await answer.json()).places : [];
    } catch (e) {
      return [];
    }
  }

  /** Kept by the container as long as it keeps preferences, and by the browser in any case. */
  function keep(urls) {
    prefs.setArray('urls', urls);
    try {
      window.localStorage.setItem(KEPT, JSON.stringify(urls));
    } catch (e) { /* it keeps nothing for this page */ }
  }

  function kept() {
    const own = prefs.getArray('urls');
    if (own.length > 0)
      return own;
    try {
      return JSON.parse(window.localStorage.getItem(KEPT)) || [];
    } catch (e) {
      return [];
    }
  }

  /** @returns {Promise<object[]>} {title, url}, in the order of the list */
  async function targets() {
    const places = await usual();
    const urls = kept();
    if (urls.length === 0)
      return places.map((one) => ({title: one.node + ', ' + one.title, url: one.url}));
    return urls.map((url) => {
      const known = places.find((one) => one.url === url);
      return {title: known ? known.node + ', ' + known.title : hostOf(url), url: url};
    });
  }

  function hostOf(url) {
    try {
      return new URL(url).host || url;
    } catch (e) {
      return url;
    }
  }

  /* ---- one check ---- */

  /** A whole one: what is not would be looked for among the gadget's own files. */
  function isAddress(url) {
    try {
      return /^https?:$/.test(new URL(url).protocol);
    } catch (e) {
      return false;
    }
  }

  /** The Quick Check's request: the browser makes a preflight first, since OPTIONS is no method that
   *  a page may use without asking. */
  async function send(url) {
    if (!isAddress(url))
      return {isGood: false, said: 'nothing: this is no address', answer: null};
    try {
      const answer = await fetch(url, {method: 'OPTIONS', mode: 'cors', redirect: 'follow'});
      const isGood = answer.status === 200 || answer.status === 204;
      return {isGood: isGood, said: 'status ' + answer.status, answer: answer};
    } catch (e) {
      return {isGood: false, said: String(e), answer: null};
    }
  }

  /** What the public gadget would show. */
  function quickCheckSays(got) {
    if (!got.isGood)
      return 'CORS Preflight Test failed \u2718';
    return got.answer.headers.get('access-control-allow-origin') === '*'
      ? 'CORS is enabled for all origins \u2714' : 'CORS Preflight Test Succeeded \u2714';
  }

  function row(target) {
    const result = element('span', 'result', '\u2026');
    const item = element('li', 'check', element('h2', 'head', element('span', '', target.title), result),
      element('p', '', element('code', '', target.url)));
    return {item: item, result: result};
  }

  async function explain(shown, target) {
    const answer = window.cuicsimWhy ? await window.cuicsimWhy.ask(target.url, 'OPTIONS') : null;
    if (answer)
      shown.item.append(window.cuicsimWhy.panel(answer));
    else
      shown.item.append(element('p', '', 'A list without this origin, a certificate that is not ' +
        'trusted, a name that is not found and a service that does not run all look alike to a ' +
        'page. The console of the browser says more.'));
  }

  /* ---- the exchanges, as the simulator recorded them ---- */

  async function recorded(query) {
    try {
      const answer = await fetch('/desktop/sim/exchanges?' + new URLSearchParams(query), {cache: 'no-store'});
      return answer.ok ? await answer.json() : null;
    } catch (e) {
      return null;
    }
  }

  const TRIES = 20; // then it waits only for what has come and is not written down
  const MOST_TRIES = 300;

  /** What this check sent; it is written down a moment after it was answered. */
  async function exchangesOf(url, isGood, after) {
    let found = null;
    let coming = 0;
    for (let tries = 0; tries < TRIES || (found.last < coming && tries < MOST_TRIES); tries++) {
      found = await recorded({url: url, origin: window.origin, after: after});
      if (!found || (isGood ? found.request : found.preflight || found.request))
        return found;
      if (tries === TRIES - 1)
        coming = found.coming;
      await new Promise((done) => setTimeout(done, 100));
    }
    return found;
  }

  /** A head with what counts for CORS made bold. */
  function head(label, text) {
    const pre = element('pre', '');
    for (const line of text.trimEnd().split(/\r?\n/))
      pre.append(/^(origin|vary|access-control-[a-z-]+):/i.test(line)
        ? element('strong', '', line) : line, '\n');
    pre.tabIndex = 0; // it scrolls
    pre.setAttribute('role', 'region');
    pre.setAttribute('aria-label', label);
    return pre;
  }

  function exchange(title, one, otherwise, label) {
    const box = element('div', 'exchange', element('h3', '', title));
    if (one)
      box.append(head('Request, ' + label, one.request), one.response ? head('Answer, ' + label, one.response)
        : element('p', '', 'It was not answered: the connection ended first.'));
    else
      box.append(element('p', '', otherwise));
    return box;
  }

  function showExchanges(item, found, title) {
    const details = element('details', '', element('summary', '', 'Both OPTIONS exchanges, as recorded'));
    if (!found.preflight && !found.request) {
      item.append(element('p', '', 'No request of this check arrived at the node: look at the name, ' +
        'the port and the certificate.'));
      return;
    }
    details.append(
      exchange(found.remembered ? '1. The preflight, of an earlier check: the browser remembers its answer'
        : '1. The preflight: the browser asks whether it may', found.preflight,
      'The browser sent none.', title + ', preflight'),
      exchange('2. The request itself', found.request,
        'It was not sent: the preflight\'s answer did not allow it.', title + ', request'));
    item.append(details);
  }

  /* ---- a check from its beginning to its end ---- */

  async function check(target, shown, mine, after) {
    const got = await send(target.url);
    if (mine !== round)
      return got;
    shown.item.classList.add(got.isGood ? 'good' : 'bad');
    shown.result.textContent = got.isGood ? '\u2714 Allowed' : '\u2718 Refused';
    shown.item.append(element('p', 'said', 'The page got ' + got.said + '; the public Quick Check ' +
      'says: ' + quickCheckSays(got)));
    if (!got.isGood)
      await explain(shown, target);
    const found = after === null ? null : await exchangesOf(target.url, got.isGood, after);
    if (found && found.last > 0 && mine === round)
      showExchanges(shown.item, found, target.title);
    return got;
  }

  /* ---- all of them ---- */

  function summarise(results) {
    const good = results.filter((one) => one.isGood).length;
    if (results.length === 0)
      return 'There is no address to check.';
    return good === results.length ? 'All ' + good + ' allow this origin.'
      : results.length - good + ' of ' + results.length + ' do not let this origin through.';
  }

  async function run() {
    const mine = ++round;
    place('summary').textContent = 'Checking\u2026';
    place('run').disabled = true;
    const list = await targets();
    const before = await recorded({});
    if (mine !== round)
      return;
    place('urls').value = list.map((one) => one.url).join('\n');
    const rows = list.map(row);
    place('checks').replaceChildren(...rows.map((one) => one.item));
    const results = await Promise.all(list.map((target, i) => check(target, rows[i], mine, before && before.last)));
    if (mine !== round)
      return;
    place('run').disabled = false;
    place('summary').textContent = summarise(results);
  }

  function start() {
    place('origin').textContent = window.origin;
    place('run').addEventListener('click', run);
    new ResizeObserver(() => gadgets.window.adjustHeight()).observe(document.querySelector('main'));
    place('form').addEventListener('submit', (event) => {
      event.preventDefault();
      keep(place('urls').value.split('\n').map((url) => url.trim()).filter((url) => url !== ''));
      run();
    });
    place('usual').addEventListener('click', () => {
      keep([]);
      run();
    });
    run();
  }

  gadgets.util.registerOnLoadHandler(start);
}());
