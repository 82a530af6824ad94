/* The desktop: header, tabs and gadgets of the layout, and the services that gadgets ask of their
 * container. */

import {Frames} from './frames.js';
import {Hub} from './hub.js';
import {News} from './news.js';
import {Tabs} from './tabs.js';

const TICK_MS = 5000;
const LOG_LINES = 200;
const CONTAINER = 'finesse.containerservices.';

const place = (id) => document.getElementById(id);
const hub = new Hub();
let state = null;   /* as the server tells it */
let user = null;    /* the agent, as Finesse's REST services tell it */
let drift = 0;      /* this clock's, against the server's */

/* ---- notes and log ---- */

function log(text) {
    const entry = document.createElement('li');
    entry.textContent = text;
    place('entries').append(entry);
    while (place('entries').children.length > LOG_LINES)
        place('entries').firstChild.remove();
    place('lines').textContent = String(place('entries').children.length);
}

function fail(message) {
    place('failure').textContent = message;
    place('failure').hidden = message === '';
}

const LOST = 'Finesse does not answer. The desktop goes on as soon as it does.';

function showConnection(isConnected) {
    if (!isConnected)
        fail(LOST);
    else if (place('failure').textContent === LOST)
        fail('');
}

/* ---- the header ---- */

const STATES = {
    READY: 'Ready', NOT_READY: 'Not Ready', RESERVED: 'Reserved', TALKING: 'Talking', HOLD: 'Hold',
    WORK: 'Wrap-Up', LOGOUT: 'Logged Out',
};

function elapsed(from) {
    const total = Math.max(0, Math.floor((Date.now() - drift - Date.parse(from)) / 1000));
    const two = (n) => String(n).padStart(2, '0');
    const hours = Math.floor(total / 3600);
    return (hours > 0 ? two(hours) + ':' : '') + two(Math.floor(total / 60) % 60) + ':' + two(total % 60);
}

function showState() {
    const reason = user.ReasonCode ? ' - ' + user.ReasonCode.label : '';
    place('state').textContent = (STATES[user.state] || user.state) + reason;
    place('dot').className = 'dot ' + user.state;
    place('pending').textContent = user.pendingState
        ? ' then ' + (STATES[user.pendingState] || user.pendingState) : '';
}

function showSince() {
    if (user)
        place('since').textContent = elapsed(user.stateChangeTime);
}

function option(label, value) {
    const element = document.createElement('option');
    element.textContent = label;
    element.value = value;
    return element;
}

async function changeState(value) {
    const [name, code] = value.split(' ');
    const reason = code ? '<reasonCodeId>' + code + '</reasonCodeId>' : '';
    const answer = await fetch('/finesse/api/User/' + state.user.id, {
        method: 'PUT',
        headers: {'Content-Type': 'application/xml'},
        body: '<User><state>' + name + '</state>' + reason + '</User>',
    });
    if (answer.ok) {
        fail('');
        return;
    }
    const isXml = (answer.headers.get('Content-Type') || '').startsWith('application/xml');
    const error = isXml && new DOMParser().parseFromString(await answer.text(), 'application/xml')
        .querySelector('ErrorMessage');
    fail('The state was not changed: ' + (error ? error.textContent : 'status ' + answer.status));
}

function makeHeader() {
    const select = place('change');
    document.title = (state.layout.title || 'Finesse') + ' - ' + state.hostname + ' (simulated)';
    place('title').textContent = state.layout.title || 'Finesse desktop';
    place('node').textContent = state.node;
    place('origin').textContent = state.origin;
    place('who').textContent = state.user.firstName + ' ' + state.user.lastName + ' (' + state.user.id + ')';
    place('role').textContent = state.user.role + ', ' + state.user.team + ', ext. ' + state.user.extension;
    place('version').textContent = 'cuicsim ' + state.version;
    select.append(option('Change state...', ''), option('Ready', 'READY'),
        ...state.notReadyReasons.map((one) => option('Not Ready - ' + one.label, 'NOT_READY ' + one.code)),
        option('Not Ready', 'NOT_READY'));
    select.addEventListener('change', () => {
        const value = select.value;
        select.value = '';
        if (value)
            changeState(value).catch((e) => fail('The state was not changed: ' + e.message));
    });
}

async function leave(news) {
    news.stop();
    try {
        await fetch('/desktop/sim/session', {method: 'DELETE'});
    } finally {
        window.location.assign('/desktop/logon');
    }
}

/* ---- the layout ---- */

function makeColumns(columns, frames, tabId) {
    const element = document.createElement('div');
    element.className = 'columns';
    element.dataset.columns = String(columns.length);
    for (const gadgets of columns) {
        const column = document.createElement('div');
        column.className = 'column';
        column.append(...gadgets.map((gadget) => frames.make(gadget, tabId)));
        element.append(column);
    }
    if (columns.every((gadgets) => gadgets.length === 0)) {
        const note = document.createElement('p');
        note.className = 'empty';
        note.textContent = 'The layout has no gadget here.';
        element.append(note);
    }
    return element;
}

function makeLayout(frames, tabs) {
    const layout = state.layout;
    (layout.notes || []).forEach((note) => log('Layout, ' + note));
    if (layout.error) {
        fail('The layout cannot be used. ' + layout.error);
        log('Layout: ' + layout.error);
        return;
    }
    if (layout.role.page.length > 0) {
        const page = makeColumns([layout.role.page], frames, '');
        place('page').append(...page.children);
    }
    for (const tab of layout.role.tabs)
        tabs.add(tab.id, tab.label, makeColumns(tab.columns, frames, tab.id));
    const wanted = decodeURIComponent(window.location.hash.slice(1));
    if (!tabs.activate(wanted) && layout.role.tabs.length > 0)
        tabs.activate(layout.role.tabs[0].id);
}

/* ---- services for gadgets ---- */

function serve(frames, tabs) {
    /* Gadgets that bring an older library of Finesse's with them look for these in their parent. */
    const reload = (id, url) => {
        const frame = frames.find(id);
        if (frame)
            frames.load(frame, url || frame.gadget.url);
    };
    window.finesse = {container: {
        Container: {reloadGadget: (id) => reload(id), reloadGadgetFromUrl: reload,
            showDialog: (options) => window.alert(options.message), hideDialog: () => {}},
        Tabs: {getActiveTab: () => tabs.active, activateTab: (id) => tabs.activate(id)},
    }};
    hub.subscribe('desktop', 'requests', CONTAINER + 'requests', (topic, data) => {
        if (!data || typeof data !== 'object')
            return;
        if (data.type === 'ActiveTabReq') {
            hub.publish(CONTAINER + 'activeTab', tabs.active);
        } else if (data.type === 'SetActiveTabReq' && data.data) {
            if (!tabs.activate(String(data.data.id)))
                log('A gadget asked for a tab that there is not: ' + data.data.id);
        } else if (data.type === 'ReloadGadgetReq' && data.data) {
            reload(data.data.gadgetId, data.data.url);
        }
    });
    hub.subscribe('desktop', 'logging', 'finesse.clientLogging.*', (topic, message) => log(String(message)));
    window.setInterval(() => hub.publish(CONTAINER + 'timerTickEvent',
        {tickFrequency: TICK_MS / 1000, dateQueued: Date.now()}), TICK_MS);
}

async function begin() {
    const answer = await fetch('/desktop/sim/state', {cache: 'no-store'});
    if (answer.status === 401) {
        window.location.assign('/desktop/logon');
        return;
    }
    if (!answer.ok)
        throw new Error('status ' + answer.status);
    state = await answer.json();
    const frames = new Frames(hub, log);
    const tabs = new Tabs(place('tabs'), place('panels'), (id) => {
        window.history.replaceState(null, '', '#' + encodeURIComponent(id));
        hub.publish(CONTAINER + 'activeTab', id);
    });
    const news = new News(hub, state.user, {
        onUser: (changed) => {
            user = changed;
            drift = news.drift;
            showState();
            showSince();
        },
        onConnection: showConnection,
        onGone: () => window.location.assign('/desktop/logon'),
    });
    makeHeader();
    serve(frames, tabs);
    makeLayout(frames, tabs);
    place('leave').addEventListener('click', () => leave(news));
    window.setInterval(showSince, 1000);
    news.run();
}

begin().catch((e) => fail('The desktop cannot be shown: ' + e.message));
