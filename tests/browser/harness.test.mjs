/* The harness itself: what it promises in stage.mjs holds, and its checks can fail. */
import assert from 'node:assert/strict';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, describe, it} from 'node:test';
import {readNetLog} from './chromium.mjs';
import {temporaryFolder} from './ending.mjs';
import {BUILD, CERTS, ROOT, run, until} from './lab.mjs';
import {checkOrder, checkSame} from './order.mjs';
import {FROM, stage} from './stage.mjs';

describe('stage', () => {
    const s = stage();
    const pageOf = body => `<!DOCTYPE html><title>x</title>${body}`;

    s.test('serves a page of another origin', async ({page}) => {
        s.pages.add('/x.html', pageOf('<p>here'));
        await page.goto(`${FROM}/x.html`);
        assert.equal(await page.evaluate('origin'), FROM);
        await page.goto('https://finesses.uccelab.tac/x.html');
        assert.equal(await page.evaluate('origin'), 'https://finesses.uccelab.tac');
    });

    s.test('has the product\'s addresses', async ({page}) => {
        for (const [address, text] of [
            ['https://cuicpub.uccelab.tac/cuic/', 'node cuicpub'],
            ['https://cuicsub.uccelab.tac:8444/cuic/', 'node cuicsub'],
            ['https://cuicsub.uccelab.tac:12008/security', 'Live Data of node cuicsub'],
        ]) {
            const answer = await page.goto(address);
            assert.equal(answer.status(), 200, address);
            assert.match(await page.textContent('body'), new RegExp(text));
        }
    });

    for (const [what, body] of [['console.error("oh")', 'oh'], ['throw new Error("oh")', 'oh'],
                                ['fetch("/nothing")', '404']])
        s.test(`notices ${what}`, async ({page, errors}) => {
            s.pages.add('/x.html', pageOf(`<script>${what}</script>`));
            await page.goto(`${FROM}/x.html`);
            await until(() => errors.list.length > 0, 'there is an error');
            assert.throws(() => errors.check(), /errors on the console/);
            errors.expect('never said');
            assert.throws(() => errors.check());
            errors.expected = [body];
        });

    s.test('reaches nobody by name or address', async ({page, errors}) => {
        s.pages.add('/x.html', pageOf(''));
        await page.goto(`${FROM}/x.html`);
        for (const to of ['https://example.com/', 'https://192.0.2.7/', 'https://[2001:db8::7]/'])
            assert.match(await page.evaluate(url => fetch(url).catch(String), to),
                         /TypeError: Failed to fetch/);
        errors.expect(/ERR_CONNECTION_REFUSED/);
    });
});

describe('network log', () => {
    const log = (type, address) => JSON.stringify({
        constants: {logEventTypes: {TCP_CONNECT_ATTEMPT: 1, UDP_BYTES_SENT: 2, OTHER: 3}},
        events: [{type, params: {address}}, {type: 3}],
    });
    for (const [name, type, address, strays] of [
        ['loopback', 1, '127.0.0.1:443', []],
        ['loopback, version 6', 1, '[::1]:443', []],
        ['mapped', 1, '[::ffff:127.0.0.1]:443', []],
        ['another address', 1, '192.0.2.7:443', ['TCP 192.0.2.7:443']],
        ['one that looks alike', 1, '[2001:db8::1]:443', ['TCP [2001:db8::1]:443']],
        ['a datagram', 2, '192.0.2.7:53', ['UDP 192.0.2.7:53']],
    ])
        it(name, () => assert.deepEqual(readNetLog(log(type, address)).strays, strays));
    it('without its end', () => {
        const text = log(1, '192.0.2.7:443').replace('},{', '},\n{').replace(/"type":3.*/, '"ty');
        assert.throws(() => JSON.parse(text));
        assert.deepEqual(readNetLog(text).strays, ['TCP 192.0.2.7:443']);
    });
});

/* "1:500" is a message about agent 1 after 500 ms in its state, "1:500:7" after seven calls. */
describe('order of messages', () => {
    const stream = text => text.split(' ').map(word => {
        const [id, durationInStateMillis, callsHandled] = word.split(':').map(Number);
        return {id: String(id), operation: 'update', agent: {
            id, callsHandled: callsHandled || 0, talkTimeMillis: 0,
            agentMRDs: [{state: 'READY', reasonCode: 0, reasonText: '', durationInStateMillis}]}};
    });

    for (const [name, text, wrong] of [
        ['in order', '1:500 2:100 1:900 2:400 1:20:1'],
        ['an older state behind', '1:900 1:500', /older message behind a newer one/],
        ['fewer calls', '1:500:2 1:900:1', /callsHandled fell/],
    ])
        it(name, () => wrong ? assert.throws(() => checkOrder(stream(text)), wrong)
                             : checkOrder(stream(text)));
    it('a message about nothing', () =>
        assert.throws(() => checkOrder([{id: '1', operation: 'update'}]), /one member/));

    const all = '1:1 2:1 1:2 2:2 1:3 2:3 1:4';
    for (const [name, text, wrong] of [
        ['the same', all],
        ['from another moment on', '2:1 1:2 2:2 1:3 2:3'],
        ['one lost', '1:1 2:1 1:2 1:3 2:3 1:4', /message 1 of/],
        ['two swapped', '1:1 2:1 1:2 1:3 2:2 2:3 1:4', /message 1 of/],
        ['one twice', '1:1 2:1 1:2 2:2 2:2 1:3 2:3 1:4', /message/],
        ['too little', '1:1', /1 of 2 things/],
    ])
        it(`compared: ${name}`, () => {
            const check = () => checkSame(stream(all), stream(text));
            if (wrong)
                assert.throws(check, wrong);
            else
                assert.ok(check() > 0);
        });
});

/* What tests/run-suites would be told of a file like these. */
describe('runner', () => {
    const folder = temporaryFolder();
    const head = 'import {after, describe, it} from "node:test";\n';

    after(() => folder.remove());
    for (const [name, text, status, counts] of [
        ['one test', 'it("a", () => {});', 0, '1 passed, 0 failed'],
        ['no test', '', 1, '0 passed, 0 failed'],
        ['only an empty suite', 'describe("a", () => {});', 1, '0 passed, 0 failed'],
        ['a skipped test', 'it.skip("a", () => {});', 1, '0 passed, 0 failed'],
        ['a failing test', 'describe("a", () => { it("b", () => { throw 1; }); it("c", () => {}); });',
         1, '1 passed, 1 failed'],
        ['a failing end', 'describe("a", () => { after(() => { throw 1; }); it("b", () => {}); });',
         1, '1 passed, 1 failed'],
        ['a broken file', 'throw 1;', 1, '0 passed, 1 failed'],
    ])
        it(name, async () => {
            const file = join(folder.path, `${name.replaceAll(' ', '-')}.test.mjs`);
            writeFileSync(file, head + text);
            const r = await run(join(ROOT, 'tests/browser/run'), [BUILD, CERTS, file],
                                {env: {NODE_TEST_CONTEXT: undefined}});
            assert.equal(r.status, status, r.out + r.err);
            assert.equal(r.out.trimEnd().split('\n').at(-1), counts, r.out);
        });
});
