/* A reporter for Node's test runner: at the end "N passed, N failed", as tests/run-suites counts.
 * Suites and whole files do not count, unless they failed: a file without a test is no test. */
export default async function* counts(events) {
    const count = {'test:pass': 0, 'test:fail': 0};

    for await (const {type, data} of events) {
        if (!(type in count) || data.skip !== undefined)
            continue;
        const isGroup = data.details?.type === 'suite' || data.name.endsWith('.test.mjs');
        const isOnlyInner = /\d+ subtests? failed/.test(data.details?.error?.message ?? '');
        if (!isGroup || (type === 'test:fail' && !isOnlyInner))
            count[type]++;
    }
    yield `${count['test:pass']} passed, ${count['test:fail']} failed\n`;
}
