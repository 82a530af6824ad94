/* Live Data by the real socket.io-client of version 2: in Node, and in Chromium on a page of another
 * origin. The same tests for both, but for what only a browser does. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, describe, it} from 'node:test';
import io from 'socket.io-client';
import {Follower} from './follower.mjs';
import {CA, Lab, PUB, TEST_MS, loopbackAgent, until} from './lab.mjs';
import {checkOrder, checkSame, countThings} from './order.mjs';
import {FROM, moduleFile, stage} from './stage.mjs';

/* The product's pings: nobody who is only slow is cut off. A server that says nothing is to be noticed
 * soon, and has short ones. */
const CONFIG = 'simulation { agents = 300 }';
const IMPATIENT = `${CONFIG}\nlive_data { ping_seconds = 1 ping_timeout_seconds = 15 }`;
/* All 20 teams with their agents: more than a hundred messages in a second. */
const TEAMS = Array.from({length: 20}, (_, i) => 5001 + i);
const TOPICS = ['Agent=1001,1002,1003', 'PrecisionQueue=7001', `Team=${TEAMS}`];
const THINGS = 300 + 20 + 1;
const UPDATES = 100;

const transports = {
    'polling only': {transports: ['polling']},
    'WebSocket only': {transports: ['websocket']},
    'polling with upgrade': {},
};
const LOGIN = `Basic ${Buffer.from('agent1001:any').toString('base64')}`;

/* ---- a client in Node ---- */

async function newToken(lab, headers = {}) {
    const r = await lab.ask('live-data', '/livedata/token/new?domain=CCX',
                            {headers: {Authorization: LOGIN, ...headers}});
    assert.equal(r.status, 200, r.body);
    return JSON.parse(r.body).token;
}

/** The same calls as a client in a page has. */
function followInNode(lab, options = {}, topics = TOPICS, token = () => newToken(lab)) {
    const agent = loopbackAgent({keepAlive: true});
    const f = new Follower(io, lab.url('live-data'), token, topics,
                           {agent, ca: CA, extraHeaders: {Origin: FROM}, ...options});

    return {
        state: async () => f.state(),
        messages: async () => f.messages,
        emit: async (...args) => f.emit(...args),
        close: async () => {
            await f.opening;
            f.close();
            agent.destroy();
        },
    };
}

/* ---- a client in a page ---- */

const SITE = `https://${PUB}:12005`; /* as in the product: mapped to the lab's port */

const PAGE = `<!DOCTYPE html>
<title>a gadget</title>
<script src="/socket.io.js"></script>
<script type="module">
import {Follower} from '/follower.mjs';

async function newToken(site, authorization) {
    const r = await fetch(site + '/livedata/token/new?domain=CCX', {headers: {authorization}});
    if (!r.ok)
        throw new Error('token: ' + r.status);
    return (await r.json()).token;
}
window.follow = ({site, authorization, token, topics, options}) => {
    const ask = token ? async () => token : () => newToken(site, authorization);
    window.follower = new Follower(io, site, ask, topics, options);
};
</script>`;

function addPages(pages) {
    pages.add('/gadget.html', PAGE);
    pages.add('/socket.io.js', moduleFile('socket.io-client/dist/socket.io.js'));
    pages.byPath.set('/follower.mjs', (request, response) => {
        response.writeHead(200, {'content-type': 'text/javascript'});
        response.end(readFileSync(new URL('follower.mjs', import.meta.url)));
    });
}

/** @param token  one to use instead of asking for it */
async function followInPage(page, options = {}, topics = TOPICS, token = '') {
    await page.goto(`${FROM}/gadget.html`);
    await page.waitForFunction('window.follow');
    await page.evaluate(args => window.follow(args),
                        {site: SITE, authorization: LOGIN, token, topics, options});
    return {
        state: () => page.evaluate('follower.state()'),
        messages: () => page.evaluate('follower.messages'),
        emit: (...args) => page.evaluate(list => window.follower.emit(...list), args),
        close: () => page.evaluate('follower.close()'),
    };
}

/* ---- what both do ---- */

const named = (state, name) => state.events.filter(event => event[0] === name);

/** Wait until an event of this name, or the n-th, has happened.
 * @returns its detail */
async function event(client, name, n = 1) {
    let state;
    await until(async () => named(state = await client.state(), name).length >= n,
                () => `there are ${n} events '${name}': ${JSON.stringify(state.events)}`);
    return named(state, name)[n - 1][1];
}

/** Wait until so many messages have come.
 * @returns them all */
async function messages(client, n) {
    let state;
    await until(async () => (state = await client.state()).messages >= n,
                () => `there are ${n} messages; ${state.messages}, ${JSON.stringify(state.events)}`);
    return client.messages();
}

async function checkTransport(client, options) {
    const wanted = options.transports ?? ['polling', 'websocket'];

    assert.equal(await event(client, 'connect'), wanted[0]);
    assert.equal(await event(client, 'subscribed', TOPICS.length), TOPICS.at(-1));
    if (wanted.length > 1)
        assert.equal(await event(client, 'upgrade'), wanted[1]);
    const list = await messages(client, THINGS + UPDATES);
    const state = await client.state();
    assert.equal(state.transport, wanted.at(-1));
    assert.deepEqual(state.events.map(([name]) => name).filter(name => name !== 'subscribed'),
                     wanted.length > 1 ? ['connect', 'upgrade'] : ['connect']);
    assert.equal(countThings(list), THINGS);
    checkOrder(list);
}

/** All see the same, whatever their transports. */
async function checkSequence(clients) {
    for (const client of clients)
        await event(client, 'subscribed', TOPICS.length);
    const begun = await Promise.all(clients.map(async client => (await client.state()).messages));
    const lists = await Promise.all(clients.map((client, i) =>
        messages(client, begun[i] + THINGS + UPDATES)));
    for (const list of lists.slice(1))
        assert.ok(checkSame(lists[0], list) >= UPDATES / 2);
}

/** The server says nothing any more, then goes on: who connected anew gets messages again. */
async function checkPing(lab, clients) {
    for (const client of clients)
        await event(client, 'subscribed', TOPICS.length);
    lab.pause();
    try {
        for (const client of clients)
            assert.equal(await event(client, 'disconnect'), 'ping timeout');
    } finally {
        lab.resume();
    }
    await checkAgain(clients);
}

async function checkRestart(lab, clients) {
    for (const client of clients)
        await event(client, 'subscribed', TOPICS.length);
    await lab.stopServer();
    for (const client of clients)
        assert.match(await event(client, 'disconnect'), /^transport (close|error)$/);
    for (const client of clients) /* long enough for each to notice */
        await event(client, 'refused');
    await lab.startServer();
    await checkAgain(clients);
}

async function checkAgain(clients) {
    for (const client of clients) {
        await event(client, 'reconnect');
        await event(client, 'subscribed', 2 * TOPICS.length);
        const before = (await client.state()).messages;
        await messages(client, before + UPDATES);
    }
}

/* ---- in Node ---- */

/** A `describe`'s lab, and clients that are closed when a test is over. */
function stageInNode(config) {
    const s = {lab: null};
    const open = [];

    s.follow = (...args) => {
        open.push(followInNode(s.lab, ...args));
        return open.at(-1);
    };
    s.all = () => Object.values(transports).map(options => s.follow(options));
    s.test = (name, fn) => it(name, {timeout: TEST_MS}, async () => {
        try {
            await fn();
        } finally {
            for (const client of open.splice(0))
                await client.close();
        }
    });
    before(async () => s.lab = await Lab.start({config}));
    after(() => s.lab?.close());
    return s;
}

describe('socket.io-client in Node', () => {
    const s = stageInNode(CONFIG);
    const {all, follow, test} = s;

    for (const [name, options] of Object.entries(transports))
        test(`${UPDATES} updates, ${name}`, () => checkTransport(follow(options), options));
    test('the same sequence by every transport', () => checkSequence(all()));
    test('restart of the server', () => checkRestart(s.lab, all()));

    test('an unknown topic', async () => {
        const client = follow({}, ['Agent=1']);
        assert.match(await event(client, 'error'), /1/);
    });
    for (const [name, token, options] of [
        ['a used token, polling', 'used', transports['polling only']],
        ['a used token, WebSocket', 'used', transports['WebSocket only']],
        ['no token', '', {}],
    ])
        test(name, async () => {
            const used = await newToken(s.lab);
            await event(follow({}, TOPICS, async () => used), 'connect');
            const client = follow(options, TOPICS, async () => token === 'used' ? used : '');
            assert.match(await event(client, 'refused', 2), /^(xhr poll|websocket) error$/);
            assert.deepEqual(named(await client.state(), 'connect'), []);
        });
    for (const [name, options] of Object.entries(transports))
        test(`an unlisted origin, ${name}`, async () => {
            const mark = s.lab.log.length;
            const client = follow({...options, extraHeaders: {Origin: 'https://other.example.com'}});
            assert.match(await event(client, 'refused', 2), /^(xhr poll|websocket) error$/);
            assert.deepEqual(named(await client.state(), 'connect'), []);
            await s.lab.logged('origin=https://other.example.com -> 403 actual origin-not-listed',
                               mark);
        });
});

describe('socket.io-client in Node, short pings', () => {
    const s = stageInNode(IMPATIENT);

    s.test('ping timeout', () => checkPing(s.lab, s.all()));
});

/* ---- in Chromium ---- */

/** A client ends an attempt that has come to nothing yet. */
const CLOSED_EARLY = /^WebSocket connection to .* failed: WebSocket is closed before the connection is established/;

/** While a client connects anew, before it has a new token, it tries the old one, and it asks about
 *  the session that the server has given up; and a server that stops may cut it off. */
function allowAttempts(errors) {
    errors.allow(/status of (40[01]|503) .*\/socket\.io\//);
    errors.allow(/net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/);
    errors.allow(/^WebSocket connection to .* failed: (HTTP Authentication failed|Connection closed before)/);
    errors.allow(/^WebSocket connection to .* failed: .* Unexpected response code: (40[01]|503)/);
    errors.allow(CLOSED_EARLY);
    errors.allow(/^WebSocket is already in CLOSING or CLOSED state/); // it sends before it notices
}

const all = async newPage => {
    const clients = [];

    for (const options of Object.values(transports))
        clients.push(await followInPage(await newPage(), options));
    return clients;
};

describe('socket.io-client in Chromium, short pings', () => {
    const s = stage({config: IMPATIENT});

    before(() => addPages(s.pages));
    s.test('ping timeout', async ({newPage, errors}) => {
        await checkPing(s.lab, await all(newPage));
        allowAttempts(errors);
    });
});

describe('socket.io-client in Chromium, on another origin', () => {
    const s = stage({config: CONFIG});

    before(() => addPages(s.pages));

    for (const [name, options] of Object.entries(transports))
        s.test(`${UPDATES} updates, ${name}`, async ({page}) =>
            checkTransport(await followInPage(page, options), options));
    s.test('the same sequence by every transport', async ({newPage}) =>
        checkSequence(await all(newPage)));
    s.test('restart of the server', async ({newPage, errors}) => {
        await checkRestart(s.lab, await all(newPage));
        errors.expect('net::ERR_CONNECTION_REFUSED');
        allowAttempts(errors);
    });

    /** @returns the client of a page; `wanted` is the event that ends its first attempt */
    async function attempt(page, options, wanted) {
        const client = await followInPage(page, options, TOPICS, await newToken(s.lab));

        assert.match(await event(client, wanted), wanted === 'refused'
            ? /^(xhr poll|websocket) error$/ : /^(polling|websocket)$/);
        assert.deepEqual(named(await client.state(), wanted === 'refused' ? 'connect' : 'refused'), []);
        await client.close();
    }
    const live = (words, origin) => s.lab.must(`utils live-data cors allowed_origin ${words} ${origin}`);

    /* CUIC's list has the origin all the time, which helps nothing. */
    for (const [name, options] of Object.entries(transports))
        s.test(`refused unless Live Data's own list has the origin, ${name}`, async ({page, errors}) => {
            const mark = s.lab.log.length;
            await live('delete', FROM);
            try {
                assert.match(await s.lab.must('utils cuic cors allowed_origin list'), new RegExp(FROM));
                await attempt(page, options, 'refused');
            } finally {
                await live('add', FROM);
            }
            await s.lab.logged(`origin=${FROM} -> 403 actual origin-not-listed`, mark);
            if (name === 'WebSocket only') /* nothing to the browser: the server itself refuses it */
                errors.expect('Error during WebSocket handshake: Unexpected response code: 403');
            else
                errors.expectRefusal({what: 'XMLHttpRequest', url: `${SITE}/socket.io/?`});
            await attempt(page, options, 'connect');
            errors.allow(CLOSED_EARLY);
        });
    s.test('no token for an unlisted origin', async ({page, errors}) => {
        await live('delete', FROM);
        try {
            await page.goto(`${FROM}/gadget.html`);
            const said = await page.evaluate(([url, authorization]) =>
                fetch(url, {headers: {authorization}}).then(r => r.status, String),
                                             [`${SITE}/livedata/token/new`, LOGIN]);
            assert.equal(said, 'TypeError: Failed to fetch');
        } finally {
            await live('add', FROM);
        }
        errors.expectRefusal({url: `${SITE}/livedata/token/new`, isPreflight: true});
    });
});
