/* What Chromium lets a page on another origin do with the CUIC site, what it says when it does not,
 * and which requests the server saw. The article's lab: the publisher lists FROM, the subscriber
 * does not. */
import assert from 'node:assert/strict';
import {before, describe} from 'node:test';
import {FROM, stage} from './stage.mjs';

const PUB = 'https://cuicpub.uccelab.tac/cuic/';
const SUB = 'https://cuicsub.uccelab.tac/cuic/';

describe('CUIC, from another origin', () => {
    const s = stage();

    before(() => s.pages.add('/x.html', '<!DOCTYPE html><title>a gadget</title>'));

    /** What a page's script sees: status and a header, or the exception. */
    const ask = (page, url, init) => page.evaluate(args => fetch(...args).then(
        r => `${r.status} ${r.type} ${r.headers.get('access-control-allow-origin')}`, String),
                                                   [url, init]);
    const open = page => page.goto(`${FROM}/x.html`);

    /** The server's lines about the CUIC site since `mark`, from their node on, without the origin. */
    const seen = mark => s.lab.log.slice(mark).split('\n').filter(line => line.includes(' cuic '))
        .map(line => line.replace(/^.*info: /, '').replace(` origin=${FROM}`, ''));

    const FAILED = 'TypeError: Failed to fetch';
    const READ = `200 cors ${FROM}`;

    for (const [name, url, init, answer, log] of [
        ['OPTIONS, as the Quick Check gadget', PUB, {method: 'OPTIONS'}, READ,
         ['cuicpub cuic OPTIONS /cuic/ -> 200 preflight preflight-allowed',
          'cuicpub cuic OPTIONS /cuic/ -> 200 actual actual-allowed']],
        ['GET, which needs no preflight', PUB, {}, READ,
         ['cuicpub cuic GET /cuic/ -> 200 actual actual-allowed']],
        ['GET with a login and cookies', PUB,
         {headers: {authorization: 'Basic eDp4'}, credentials: 'include'}, READ,
         ['cuicpub cuic OPTIONS /cuic/ -> 200 preflight preflight-allowed',
          'cuicpub cuic GET /cuic/ -> 200 actual actual-allowed']],
        ['OPTIONS, unlisted', SUB, {method: 'OPTIONS'}, FAILED,
         ['cuicsub cuic OPTIONS /cuic/ -> 403 preflight origin-not-listed']],
        ['GET, unlisted', SUB, {}, FAILED,
         ['cuicsub cuic GET /cuic/ -> 403 actual origin-not-listed']],
        ['GET with a login, unlisted', SUB, {headers: {authorization: 'Basic eDp4'}}, FAILED,
         ['cuicsub cuic OPTIONS /cuic/ -> 403 preflight origin-not-listed']],
        ['a header that is not allowed', PUB, {headers: {requestid: '1'}}, FAILED,
         ['cuicpub cuic OPTIONS /cuic/ -> 403 preflight request-header-not-allowed']],
        ['a method that is not allowed', PUB, {method: 'PATCH'}, FAILED,
         ['cuicpub cuic OPTIONS /cuic/ -> 403 preflight request-method-not-allowed']],
    ])
        s.test(name, async ({page, errors}) => {
            await open(page);
            const mark = s.lab.log.length;
            assert.equal(await ask(page, url, init), answer);
            await s.lab.logged(log.at(-1).slice(log.at(-1).indexOf('->')), mark);
            assert.deepEqual(seen(mark), log);
            if (answer === FAILED)
                errors.expectRefusal({url, isPreflight: log[0].includes(' preflight ')});
        });

    s.test('an edit in the shell counts for the next try', async ({page, errors}) => {
        const edit = words => s.lab.must(`utils cuic cors allowed_origin ${words} ${FROM}`, 'cuicsub');
        await open(page);
        assert.equal(await ask(page, SUB, {method: 'OPTIONS'}), FAILED);
        await edit('add');
        assert.equal(await ask(page, SUB, {method: 'OPTIONS'}), READ);
        await edit('delete');
        errors.expectRefusal({url: SUB, isPreflight: true});
    });

    s.test('an allowed preflight is remembered, though not by the next context',
           async ({page, context}) => {
        const preflights = async p => {
            const mark = s.lab.log.length;
            assert.equal(await ask(p, PUB, {method: 'PUT'}), READ);
            await s.lab.logged(' PUT /cuic/ ', mark);
            return seen(mark).filter(line => line.includes(' preflight ')).length;
        };
        await open(page);
        assert.equal(await preflights(page), 1);
        assert.equal(await preflights(page), 0);
        const other = await context.browser().newContext();
        const next = await other.newPage();
        await open(next);
        assert.equal(await preflights(next), 1);
        await other.close();
    });

    s.test('a preflight must not be redirected', async ({page, errors}) => {
        await open(page);
        assert.equal(await ask(page, PUB.slice(0, -1), {method: 'OPTIONS'}), FAILED);
        errors.expect(`Access to fetch at '${PUB.slice(0, -1)}' from origin '${FROM}' has been ` +
                      'blocked by CORS policy: Response to preflight request doesn\'t pass access ' +
                      'control check: Redirect is not allowed for a preflight request.');
        errors.expect('net::ERR_FAILED');
    });

    s.test('an opaque origin is not listed', async ({page, errors}) => {
        const mark = s.lab.log.length;
        s.pages.add('/frame.html', `<!DOCTYPE html><title>a frame</title>
<iframe sandbox="allow-scripts" srcdoc="<script>fetch('${PUB}').catch(
    e => parent.postMessage(String(e), '*'))</script>"></iframe>
<script>window.said = new Promise(done => onmessage = e => done(e.data));</script>`);
        await page.goto(`${FROM}/frame.html`);
        assert.equal(await page.evaluate('said'), FAILED);
        await s.lab.logged('origin=null -> 403 actual origin-null', mark);
        errors.expectRefusal({url: PUB, origin: 'null'});
    });
});
