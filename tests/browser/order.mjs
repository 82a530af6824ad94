/* What can be told of a stream of Live Data messages by looking at it. */
import assert from 'node:assert/strict';

/** The one member with the numbers: ["agent", {...}]. */
function subjectOf(message) {
    const found = Object.entries(message).filter(([name]) => name !== 'id' && name !== 'operation');

    assert.equal(message.operation, 'update');
    assert.equal(found.length, 1, `one member beside id and operation: ${JSON.stringify(message)}`);
    assert.equal(String(found[0][1].id), message.id);
    return found[0];
}

/** What a message is about: "agent 1001". */
export const keyOf = message => `${subjectOf(message)[0]} ${message.id}`;

/** Numbers that only grow, whatever happens. */
const counters = {
    agent: ['callsHandled', 'talkTimeMillis'],
    skillGroup: ['callsOffered', 'callsHandled', 'callsAbandoned'],
    precisionQueue: ['callsOffered', 'callsHandled', 'callsAbandoned'],
    agentTeam: [],
};

function checkStay(before, after, note) {
    const [was, is] = [before.agentMRDs[0], after.agentMRDs[0]];

    /* In the same state after the same calls it is the same stay in it: each other state is sent,
     * and none that leads back without a call is shorter than the server is late. */
    if (was.state === is.state && was.reasonCode === is.reasonCode &&
        was.reasonText === is.reasonText && before.callsHandled === after.callsHandled)
        assert.ok(is.durationInStateMillis >= was.durationInStateMillis,
                  `an older message behind a newer one, ${note}`);
}

/** Messages in the order in which they came: each is well formed, and none is older than one before
 *  it about the same, as far as its numbers show that. */
export function checkOrder(messages) {
    const last = new Map();

    for (const [i, message] of messages.entries()) {
        const [name, subject] = subjectOf(message);
        const before = last.get(keyOf(message));
        const note = `number ${i}: ${JSON.stringify(message)}`;
        for (const counter of counters[name])
            assert.ok(before === undefined || subject[counter] >= before[counter],
                      `${counter} fell, ${note}`);
        if ('callsOffered' in subject)
            assert.equal(subject.callsOffered, subject.callsHandled + subject.callsAbandoned +
                         subject.callsInQueue + subject.callsActive, note);
        if (name === 'agent' && before !== undefined)
            checkStay(before, subject, note);
        last.set(keyOf(message), subject);
    }
}

/** How many different things a stream is about. */
export const countThings = messages => new Set(messages.map(keyOf)).size;

/** What came behind the first message about each of `n` things: from then on it is what everybody
 *  gets; before, a client is also sent what others got earlier. */
function live(messages, n) {
    const seen = new Set();
    const i = messages.findIndex(message => seen.add(keyOf(message)).size === n);

    assert.ok(i >= 0, `${seen.size} of ${n} things were sent`);
    return messages.slice(i + 1).map(message => JSON.stringify(message));
}

/** The texts that stand once in a list. */
function once(texts) {
    const count = new Map();

    for (const text of texts)
        count.set(text, (count.get(text) ?? 0) + 1);
    return texts.filter(text => count.get(text) === 1);
}

/** Two clients of the same topics: between a message that both got and a later one, both got the
 *  same in the same order.
 * @returns how many these were */
export function checkSame(a, b) {
    const n = countThings([...a, ...b]);
    const [one, other] = [live(a, n), live(b, n)];
    const known = new Set(once(other));
    const common = once(one).filter(text => known.has(text));
    const between = texts => texts.slice(texts.indexOf(common.at(0)),
                                         texts.indexOf(common.at(-1)) + 1);
    const [left, right] = [between(one), between(other)];
    const i = left.findIndex((text, at) => text !== right[at]);

    assert.equal(i, -1, `message ${i} of ${left.length}: ${left[i]}, to the other ${right[i]}`);
    assert.equal(right.length, left.length);
    return left.length;
}
