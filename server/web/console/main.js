/* The console's page: views, the stream, and what connects the parts. */
import {Events, get, hasToken, setToken} from './api.js';
import {Counts} from './counts.js';
import {Detail} from './detail.js';
import {$, h, plural, replace, say} from './dom.js';
import {Explain} from './explain.js';
import {List} from './list.js';
import {KEPT, Model} from './model.js';
import {Settings, SERVICE} from './settings.js';

const VIEWS = ['exchanges', 'settings', 'explain'];
const SAY_MS = 15000; /* a screen reader is told of new exchanges so often at most */
const CONNECTION = {connecting: 'connecting', live: 'live', lost: 'connection lost, trying again', asleep: 'asleep'};

const model = new Model();
let lab, list, detail, counts, settings, explain;
let held = null; /* while paused: what came since */
const news = {n: 0, refused: 0, timer: null};

const titles = new Map();
const titleOf = code => titles.get(code) ?? (code === 'none' ? 'CORS not asked' : code ?? '');
const titleOfExchange = x => x.reason ? titleOf(x.reason) : x.note ?? (x.status ? 'CORS not asked' : 'no answer');

/* ---- views ---- */

function go() {
    const [, view, key] = location.hash.match(/^#\/([a-z]+)(?:\/([a-z0-9]+))?$/) ?? [null, 'exchanges'];
    const shown = VIEWS.includes(view) ? view : 'exchanges';
    for (const name of VIEWS)
        $(`view-${name}`).hidden = name !== shown;
    for (const link of document.querySelectorAll('nav a'))
        link.toggleAttribute('aria-current', link.dataset.view === shown);
    document.querySelector('nav a[aria-current]')?.setAttribute('aria-current', 'page');
    document.title = `${shown[0].toUpperCase()}${shown.slice(1)} · cuicsim console`;
    $('split').classList.toggle('opened', shown === 'exchanges' && key !== undefined);
    if (shown === 'exchanges' && key)
        open(key);
    if (shown === 'exchanges')
        list.draw();
    if (shown === 'explain')
        explain.shown();
}

/** A link to an exchange was followed: by its number in the trace, it need not be in the list. */
function open(key) {
    const id = key.match(/^i(\d+)$/)?.[1];
    if (list.selected === key || !id)
        return;
    list.selected = key;
    detail.show({id});
}

/** An exchange was selected. @param isOpened  and is to be read, not only shown beside the list */
function choose(x, isOpened, isAnew) {
    if (isAnew)
        detail.show(x);
    history.replaceState(null, '', `#/exchanges/${x.key}`);
    if (isOpened) {
        $('split').classList.add('opened');
        $('detail').focus({preventScroll: matchMedia('(min-width: 1100px)').matches});
    }
}

function closeDetail() {
    $('split').classList.remove('opened');
    history.replaceState(null, '', '#/exchanges');
    $('list').focus();
}

/* ---- exchanges ---- */

function status() {
    const {all, shown, forgotten} = model;
    const parts = [model.isFiltered() ? `${shown.length.toLocaleString()} of ${plural(all.length, 'exchange')}`
        : plural(all.length, 'exchange')];
    if (forgotten > 0)
        parts.push('only the latest are kept here');
    if (held)
        parts.push(`paused, ${plural(held.length, 'more', 'more')}`);
    replace($('list-status'), parts.join(' · '));
}

function take(items) {
    const left = model.add(items);
    for (const x of items)
        if (x.kind !== 'gap')
            counts.count(x);
    list.grown(left);
    status();
    announce(items);
}

/** One sentence for many: a screen reader must not be flooded. */
function announce(items) {
    news.n += items.length;
    news.refused += items.filter(x => x.outcome === 'refused').length;
    news.timer ??= setTimeout(() => {
        if (!document.hidden && !$('view-exchanges').hidden)
            say(`${plural(news.n, 'new exchange')}, ${news.refused} refused`);
        Object.assign(news, {n: 0, refused: 0, timer: null});
    }, SAY_MS);
}

function onExchanges({list: items, missed}) {
    if (missed > 0)
        items.unshift({kind: 'gap', dropped: missed, note: 'they came faster than they could be shown'});
    if (held === null) {
        take(items);
    } else {
        held.push(...items);
        held.splice(0, Math.max(0, held.length - KEPT));
        status();
    }
}

function pause() {
    const isPaused = held === null;
    $('pause').setAttribute('aria-pressed', isPaused);
    $('pause').textContent = isPaused ? 'Go on' : 'Pause';
    const items = held;
    held = isPaused ? [] : null;
    if (items)
        take(items);
    status();
}

function readFilters() {
    model.setFilter({text: $('filter-text').value.trim(), node: $('filter-node').value,
        service: $('filter-service').value, outcome: $('filter-outcome').value, reason: $('filter-reason').value});
    list.element.scrollTop = 0;
    list.draw();
    status();
}

async function loadEarlier() {
    const before = model.all.find(x => x.at)?.at;
    try {
        const {list: items} = await get('/api/exchanges', {before, last: 200});
        const n = model.addEarlier(items);
        say(n > 0 ? `${plural(n, 'earlier exchange')} added` : 'There are none before');
        $('earlier').textContent = items.length === 0 ? 'No earlier ones' : 'Earlier ones from the trace';
        list.draw();
        status();
    } catch (error) {
        problem(error.message);
    }
}

/* ---- the rest ---- */

function problem(text) {
    replace($('problems'), text ? h('p', {class: 'problem'}, text) : null);
}

function connection(state) {
    $('connection').dataset.state = state;
    $('connection-text').textContent = CONNECTION[state];
}

/** @param run  which start of the server this is: after another one, everything is asked anew. What
 *  changed before the stream began, or between two of them, is not told: the settings are asked in any case. */
async function onHello({run}) {
    if (lab.run === run) {
        await settings.load();
        return;
    }
    lab = await get('/api/lab');
    settings.lab = explain.lab = lab;
    await Promise.all([settings.load(), get('/api/counts').then(c => counts.set(c))]);
}

function askForToken() {
    if (!lab.writable || hasToken())
        return;
    const input = h('input', {id: 'token', type: 'password', autocomplete: 'off', 'aria-label': 'Token'});
    const form = h('form', {class: 'card token', onsubmit: event => {
        event.preventDefault();
        setToken(input.value.trim());
        form.remove();
        settings.render();
    }}, h('p', {}, 'This lab’s settings may be changed here, with the token that the server printed when it started.'), input,
    h('button', {}, 'Use the token'));
    $('view-settings').prepend(form);
}

function fillFilters() {
    const option = (value, text) => h('option', {value}, text);
    $('filter-node').append(...lab.nodes.map(n => option(n.name, n.name)));
    $('filter-service').append(...[...new Set(lab.nodes.flatMap(n => n.services))].map(s => option(s, SERVICE[s])));
    $('filter-reason').append(...lab.reasons.map(r => option(r.code, r.title === 'Not a CORS request' ? r.code : r.title)),
        option('none', 'CORS not asked'));
}

function connectParts() {
    $('filters').addEventListener('input', readFilters);
    $('filters').addEventListener('reset', () => setTimeout(readFilters));
    $('filters').addEventListener('submit', event => event.preventDefault());
    $('pause').addEventListener('click', pause);
    $('clear').addEventListener('click', () => { model.clear(); list.draw(); detail.clear(); status(); });
    $('earlier').addEventListener('click', loadEarlier);
    window.addEventListener('hashchange', go);
}

function chooseReason(code) {
    $('filter-reason').value = $('filter-reason').value === code ? '' : code;
    readFilters();
}

async function start() {
    lab = await get('/api/lab');
    lab.reasons.forEach(r => titles.set(r.code, r.title === 'Not a CORS request' ? `${r.title} (${r.code})` : r.title));
    $('about').textContent = `cuicsim ${lab.version} · ${plural(lab.nodes.length, 'node')} · changes run ${lab.apply_changes === 'immediate' ? 'at once' : 'after a restart'}`;
    fillFilters();
    list = new List($('list'), model, {choose, titleOf: titleOfExchange});
    counts = new Counts($('chart'), {titleOf, choose: chooseReason});
    const canChange = () => lab.writable && hasToken();
    settings = new Settings($('settings'), lab, {canChange, onChange: onChanged});
    const run = order => settings.order(order);
    detail = new Detail($('detail'), {close: closeDetail, run: canChange() ? run : null});
    explain = new Explain($('explain'), lab, {origins: () => settings.origins(), titleOf, run: () => canChange() ? run : null});
    connectParts();
    askForToken();
    go();
    status();
    if (lab.trace?.enabled === false)
        problem('Nothing is recorded: the configuration has trace { enabled = no }. Settings and explanations work.');
    const [past] = await Promise.all([get('/api/counts'), settings.load()]);
    counts.set(past);
    new Events({hello: onHello, exchanges: onExchanges, counts: bucket => counts.add(bucket),
                state: () => settings.load(), connection});
}

function onChanged(order) {
    if (order.action === 'clear-trace') {
        model.clear();
        list.draw();
        detail.clear();
        status();
    }
}

start().catch(error => { connection('lost'); problem(error.message); });
