/* What `lab trace export har` writes of a browser's exchanges, against the schema of HAR 1.2 that npm has. */
import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {describe} from 'node:test';
import {PUB_URL, SITES, SUB_URL, openGadget} from './console.mjs';
import {until} from './lab.mjs';
import {stage} from './stage.mjs';

const require = createRequire(import.meta.url);

/** What the schema has against a document. */
function faults(har) {
    const Ajv = require('ajv');
    const ajv = new Ajv({allErrors: true});
    ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json'));
    ajv.addSchema(Object.values(require('har-schema')));
    return ajv.validate('har.json', har) ? [] : ajv.errors.map(e => `${e.dataPath} ${e.message}`);
}

describe('HAR', () => {
    const s = stage({sites: SITES, config: 'trace { bodies = yes }'});

    const exported = async () => JSON.parse(await s.lab.must('lab trace export har'));

    s.test('fits the schema of HAR 1.2', async ({page, errors}) => {
        const ask = await openGadget(s, page);
        await ask(SUB_URL, {method: 'PUT'});
        errors.expectRefusal({url: SUB_URL, isPreflight: true});
        assert.equal(await ask(`${PUB_URL}?a=b&c&a=%E2%82%AC`, {method: 'DELETE'}), 200);
        assert.equal(await ask(PUB_URL, {method: 'POST', headers: {'content-type': 'application/x-www-form-urlencoded'},
                                         body: 'name=value&password=secret'}), 200);
        await s.lab.ask('cuic', '/cuicui/', {headers: {cookie: 'one=1; two'}});
        let har;
        await until(async () => { har = await exported(); return har.log.entries.length >= 5; }, 'the exchanges are recorded');
        assert.deepEqual(faults(har), []);
        const lines = har.log.entries.map(e => `${e.request.method} ${e.response.status}`);
        for (const line of ['OPTIONS 403', 'OPTIONS 200', 'DELETE 200', 'POST 200', 'GET 302'])
            assert.ok(lines.includes(line), `${line} is not among ${lines}`);
        assert.ok(!JSON.stringify(har).includes('secret'));
    });

    s.test('a document that does not fit is noticed', async () => {
        const har = await exported();
        delete har.log.entries[0].request.headersSize;
        har.log.entries[0].startedDateTime = 'yesterday';
        assert.deepEqual(faults(har).length >= 2, true, String(faults(har)));
    });
});
